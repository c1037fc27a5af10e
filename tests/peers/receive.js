// Receives with libraries that nobody here wrote, and prints a JSON line for each packet:
// {"peer": "sacn"|"dmxnet", "universe": N, "data": [512 values], …}.   receive.js ADDRESS SACN_UNIVERSES ARTNET_UNIVERSES
const {Receiver} = require('sacn');
const {dmxnet} = require('dmxnet');
const [address, sacn, artnet] = process.argv.slice(2);
const numbers = (text) => text.split(',').map(Number);
const print = (line) => process.stdout.write(JSON.stringify(line) + '\n');

new Receiver({universes: numbers(sacn), iface: address, reuseAddr: true}).on('packet', (p) =>
	print({peer: 'sacn', universe: p.universe, priority: p.priority, source: p.sourceName.replace(/\0+$/, ''),
		sequence: p.sequence, data: [...p.payloadAsBuffer]}));

const node = new dmxnet({listen: 6454, hosts: [address], log: {level: 'error'}});
for (const universe of numbers(artnet))
	node.newReceiver({net: universe >> 8, subnet: universe >> 4 & 15, universe: universe & 15})
		.on('data', (data) => print({peer: 'dmxnet', universe, data: [...data]}));
print({peer: 'ready'});
