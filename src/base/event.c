#include "base/event.h"

#include "base/code.h"
#include "base/words.h"

static const struct event_page pages[] = {
	{EVENT_STARTED, LOG_LEVEL_NOTICE, N_("the daemon plays"),
		N_("Nothing to do. Where it comes again and again, somebody or the service manager starts it "
		   "anew: look at the lines before.")},
	{EVENT_STOPPING, LOG_LEVEL_NOTICE, N_("the daemon ends"),
		N_("It was told to; the boards keep their failure pictures.")},
	{EVENT_CLOCK_SET, LOG_LEVEL_NOTICE, N_("the wall clock was set"),
		N_("The displays show at once what the new time asks for; or it is believed again. If it "
		   "comes every few minutes, two programs set the clock: leave one time server.")},
	{EVENT_STARVED, LOG_LEVEL_ERROR, N_("a display is stuck, and the watchdog is fed no more"),
		N_("A driver or its thread hangs in a call that does not come back. The service manager ends "
		   "the daemon and starts it anew within seconds; nothing is lost.\n\nIf it comes again, "
		   "that device or its disk is failing: E401 names the display.")},
	{EVENT_DATA, LOG_LEVEL_WARNING, N_("the data directory cannot be read"),
		N_("The fields {data:…} keep what they showed last. Is the directory there, and may the "
		   "daemon's account read it?")},
	{EVENT_LIBRARY, LOG_LEVEL_WARNING, N_("a library complains"),
		N_("Of fonts or of the files that it reads. If letters are missing on the boards, install "
		   "bangtin anew; else nothing to do.")},
	{EVENT_CLOCK_DOUBTED, LOG_LEVEL_WARNING, N_("the wall clock is not believed"),
		N_("It was set back before the last time that was known, as by an empty battery after a "
		   "power cut. The default messages show until it has caught up, until a time server sets "
		   "it, or until somebody who has looked at a watch says `bangtin clock --believe`.")},
	{EVENT_UP, LOG_LEVEL_NOTICE, N_("a display can be reached"), N_("Nothing to do.")},
	{EVENT_DOWN, LOG_LEVEL_WARNING, N_("a display cannot be reached"),
		N_("Cable, power, address. It is tried again for as long as it takes, at most every 30 "
		   "seconds, and the other displays play on. `bangtin-testpattern` goes through the causes; "
		   "`bangtin doctor` looks who else holds the port.")},
	{EVENT_LATE, LOG_LEVEL_WARNING, N_("a display is late"),
		N_("Either its controller takes a picture more slowly than the frame rate asks for, or this "
		   "machine could not make the picture in time. Lower the display's `rate`, raise the baud "
		   "rate, or give the machine less to do.")},
	{EVENT_STANDBY, LOG_LEVEL_INFO, N_("a display went to sleep, or awoke"), N_("Its on-hours say so.")},
	{EVENT_IN_TIME, LOG_LEVEL_NOTICE, N_("a display is in time again"), N_("Nothing to do.")},
	{EVENT_QUIET, LOG_LEVEL_NOTICE, N_("changes of a display's health were not logged"),
		N_("Its link comes and goes, and must not fill the disk: a loose plug, a weak power supply, "
		   "a line that is too long.")},
	{EVENT_FOREIGN, LOG_LEVEL_ERROR, N_("a controller showed what it was not given"),
		N_("Somebody else wrote on the board, or somebody changed its settings. It is overwritten "
		   "until it reads back as ours. Look who can reach the controller: give it a cable of its "
		   "own, switch its Wi-Fi off, change its passwords, and write down when it was.")},
	{EVENT_FOREIGN_OVER, LOG_LEVEL_NOTICE, N_("a controller reads back as ours again"),
		N_("It was overwritten. Find out how the foreign picture came there all the same.")},
	{EVENT_PLAYS, LOG_LEVEL_NOTICE, N_("a generation plays"),
		N_("What was loaded plays from this line on; the number is that of `bangtin history`.")},
	{EVENT_REFUSED, LOG_LEVEL_WARNING, N_("a change was refused"),
		N_("Nothing was changed. The line names the rule or the place in the file. If nobody of "
		   "yours tried it, ask who did: the line of E305 beside it has the account.")},
	{EVENT_ROOT, LOG_LEVEL_NOTICE, N_("a new root file is believed"),
		N_("From here on its keys count, and older ones that it leaves out do not.")},
	{EVENT_ORDER, LOG_LEVEL_NOTICE, N_("a key orders black everywhere"),
		N_("Whoever holds that key made all boards black. `bangtin unblank` takes it back when it is "
		   "clear why.")},
	{EVENT_COMMAND, LOG_LEVEL_NOTICE, N_("somebody changed something, or tried to"),
		N_("Who, from which process, and what came of it. This is the line to look for when words "
		   "appeared that should not have.")},
	{EVENT_CONTENT, LOG_LEVEL_ERROR, N_("what was loaded does not play"),
		N_("A generation on the disk does not build with this version or this configuration; an "
		   "older one or the default messages play. `bangtin check -c` says what is wrong; load it "
		   "anew.")},
	{EVENT_UNSIGNED, LOG_LEVEL_WARNING, N_("unsigned words are left out"),
		N_("The site takes signed words only, and this file of the current generation is not signed: "
		   "it was loaded when unsigned loads were allowed. Sign it and load it again.")},
	{EVENT_SIGNED_RECORD, LOG_LEVEL_ERROR,
		N_("the record of what was signed is damaged, or cannot be kept"),
		N_("Nothing of that generation counts as signed until it is loaded again. Look at the disk: "
		   "`bangtin doctor`.")},
	{EVENT_ALARM, LOG_LEVEL_ERROR, N_("an alarm"),
		N_("Something has been wrong for longer than `after` in the configuration. The program of "
		   "`alarm` is told, and `bangtin status` shows it until it is over. bangtin-operations(7) "
		   "says what to do for each.")},
	{EVENT_ALARM_OVER, LOG_LEVEL_NOTICE, N_("an alarm is over"), N_("Nothing to do.")},
	{EVENT_HOOK, LOG_LEVEL_WARNING, N_("the alarm program failed"),
		N_("It is run again after a minute, three times in all. What it printed stands before this "
		   "line. Run it by hand as the daemon's account: `runuser -u bangtin -- /etc/bangtin/alarm "
		   "</dev/null`.")},
	{EVENT_STATE, LOG_LEVEL_WARNING, N_("the state directory cannot be written"),
		N_("What was changed acts, but a restart may forget it. Is the disk full or read-only? "
		   "`bangtin doctor`.")},
	{EVENT_STATE_AGAIN, LOG_LEVEL_NOTICE, N_("the state directory can be written again"),
		N_("Nothing to do.")},
	{EVENT_OLD_GENERATION, LOG_LEVEL_WARNING, N_("an old generation could not be removed"),
		N_("It takes room, nothing more. Do its files belong to the daemon's account? `chown -R "
		   "bangtin: /var/lib/bangtin`")},
	{EVENT_MIGRATED, LOG_LEVEL_NOTICE, N_("the state directory was brought to a new format"),
		N_("After an upgrade. Older versions of bangtin refuse it from here on.")},
	{EVENT_RECORD, LOG_LEVEL_ERROR, N_("what is shown cannot be recorded"),
		N_("The boards play on, but the proof has a gap. Is the disk full or read-only? `bangtin "
		   "doctor`.")},
	{EVENT_RECORD_AGAIN, LOG_LEVEL_NOTICE, N_("what is shown is recorded again"),
		N_("The gap is marked in the record.")},
	{EVENT_RECORD_DAMAGED, LOG_LEVEL_ERROR, N_("the record of what was shown is damaged"),
		N_("It is kept under another name, and a new one begins. Copy it away before the disk "
		   "fails.")},
	{EVENT_RECORD_END, LOG_LEVEL_NOTICE, N_("where the record of what was shown ends"),
		N_("Written when the daemon ends, so that the journal has the end of the chain too: whoever "
		   "cuts rows off the record would have to forge this line as well.")},
	{EVENT_CLIENT, LOG_LEVEL_INFO, N_("a client of the control socket was dropped"),
		N_("It was too slow or sent garbage. The displays are not touched by it.")},
	{EVENT_SOCKET, LOG_LEVEL_WARNING, N_("a client of the control socket could not be served"),
		N_("The machine is out of descriptors or memory; it is tried again in a second.")},
};
#define PAGES (sizeof pages / sizeof *pages)

void event_name(enum event event, char ret_name[EVENT_NAME_SIZE])
{
	code_write('E', (int)event, ret_name);
}

const struct event_page *event_page(enum event event)
{
	for (size_t i = 0; i < PAGES; i++)
		if (pages[i].event == event)
			return &pages[i];
	return NULL;
}

const struct event_page *event_page_at(size_t index)
{
	return index < PAGES ? &pages[index] : NULL;
}

const struct event_page *event_page_named(const char *name)
{
	int number = code_read('E', name);
	return number < 0 ? NULL : event_page((enum event)number);
}

const char *event_level_name(enum log_level level)
{
	static const char *const names[] = {[LOG_LEVEL_ERROR] = "error",
		[LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_NOTICE] = "notice",
		[LOG_LEVEL_INFO] = N_("info"),
		[LOG_LEVEL_DEBUG] = "debug"};
	return (unsigned)level < sizeof names / sizeof *names && names[level] ? names[level] : "?";
}
