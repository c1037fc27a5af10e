# bash completion for bangtin, bangtind, bangtin-testpattern and bangtin-simulator. Display names come from the running
# daemon; where none answers there are simply none to offer.
_bangtin_displays() {
	bangtin status --json 2>/dev/null | sed -n 's/^ *"name": "\(.*\)",\{0,1\}$/\1/p'
}

_bangtin() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options
	COMPREPLY=()
	local commands="check agenda why diff preview load history rollback status clock announce clear blank unblank snapshot
		watch key sign approve verify export import schema new fmt doctor log certificate help"
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$word")
		return
	fi
	case $before in
	-c | --configuration | --record | -o | --output | --html | --socket) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
	-d | --display | --on) mapfile -t COMPREPLY < <(compgen -W "$(_bangtin_displays)" -- "$word"); return ;;
	--class) mapfile -t COMPREPLY < <(compgen -W "content emergency blank" -- "$word"); return ;;
	-t | --template)
		mapfile -t COMPREPLY < <(compgen -W "$(bangtin status --json 2>/dev/null | tr -d ' \n' |
			sed -n 's/.*"templates":\[\([^]]*\)\].*/\1/p' | tr -d '"' | tr ',' ' ')" -- "$word")
		return ;;
	--encoding) mapfile -t COMPREPLY < <(compgen -W "utf-8 utf-16 tcvn3 vni viscii windows-1258" -- "$word"); return ;;
	--stage) mapfile -t COMPREPLY < <(compgen -W "frame panel" -- "$word"); return ;;
	--lang) mapfile -t COMPREPLY < <(compgen -W "vi en" -- "$word"); return ;;
	--format) mapfile -t COMPREPLY < <(compgen -W "text json" -- "$word"); return ;;
	-l | --level) mapfile -t COMPREPLY < <(compgen -W "notice urgent emergency" -- "$word"); return ;;
	--for) mapfile -t COMPREPLY < <(compgen -W "5m 10m 30m 1h 2h" -- "$word"); return ;;
	esac
	if [ "${COMP_WORDS[1]}" = help ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands notes events $(bangtin help notes 2>/dev/null | grep -o "^B[0-9]*") $(bangtin help events 2>/dev/null | grep -o "^E[0-9]*")" -- "$word")
		return
	fi
	if [ "${COMP_WORDS[1]}" = new ] && [ "$COMP_CWORD" = 2 ]; then
		mapfile -t COMPREPLY < <(compgen -W "playlist page site" -- "$word")
		return
	fi
	case ${COMP_WORDS[1]} in
	check) options="--format" ;;
	agenda) options="--display --from --until --items --counts --week --ics" ;;
	why) options="--display --at --untrusted" ;;
	diff) options="--display --from --days --html" ;;
	preview) options="--display --at --from --until --fps --sheet --stage --panel --untrusted --output" ;;
	log) options="--display --item --from --until --csv --follow --record --verify --head" ;;
	certificate) options="--item --entry --from --until --display --unit --output --key --record --verify" ;;
	status) options="--watch --strict" ;;
	clock) options="--believe" ;;
	announce) options="--on --all --for --level --from --wait --template --list --log" ;;
	key) options="--no-password --root" ;;
	sign) options="--key --scope --class --epoch --sequence --expires --not-before --root" ;;
	approve) options="--key --root" ;;
	verify) options="--root --at" ;;
	doctor) options="--system" ;;
	export) options="--usb" ;;
	import) options="--usb --output --unit --on --encoding --separator --zone --partial" ;;
	new) options="--unit" ;;
	fmt) options="--check" ;;
	clear | blank | unblank) options="--display --wait" ;;
	snapshot) options="--display --output" ;;
	watch) options="--display --sixel" ;;
	*) options="" ;;
	esac
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options --configuration --socket --json --lang --help" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _bangtin bangtin

_bangtind() {
	local word=${COMP_WORDS[COMP_CWORD]}
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "--configuration --check --socket --state --clock --trace --verbose --lang --help
			--version" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _bangtind bangtind

_bangtin_testpattern() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words
	case $before in
	show) words=$(bangtin-testpattern patterns 2>/dev/null | cut -d' ' -f1) ;;
	--driver) words=$(bangtin-testpattern drivers 2>/dev/null | cut -d' ' -f1) ;;
	--display) words=$(_bangtin_displays) ;;
	drivers) words=$(bangtin-testpattern drivers 2>/dev/null | cut -d' ' -f1) ;;
	--show) words="$(bangtin-testpattern map 2>/dev/null | cut -d' ' -f1) $(compgen -f -- "$word")" ;;
	--port | -c | --configuration | --socket) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
	*) words="ports drivers patterns probe show map find-map report tui tell --show --host --display --configuration --socket
		--driver --port --option --size
		--for --fps --module --keep --json --lang --help --version" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _bangtin_testpattern bangtin-testpattern

_bangtin_simulator() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	case $before in
	--protocol) mapfile -t COMPREPLY < <(compgen -W "adalight awa tpm2 alpha hanover ddp artnet sacn wled tpm2net flaschen colorlight
		onbon-5e onbon-6e onbon-6q novastar huidu" -- "$word") ;;
	--pty | --tty | --dump) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "--protocol --size --pty --tty --listen --tcp --interface --universe --dump --json
		--terminal --fault --frames --for --lang --help --version" -- "$word") ;;
	esac
}
complete -F _bangtin_simulator bangtin-simulator
