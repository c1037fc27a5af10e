// Sends with libraries that nobody here wrote: send.js sacn|dmxnet ADDRESS UNIVERSE VALUE... ; again every 100 ms.
const [peer, address, universe, ...values] = process.argv.slice(2);
const data = values.map(Number);
let send;
if (peer === 'sacn') {
	const {Sender} = require('sacn');
	const sender = new Sender({universe: +universe, useUnicastDestination: address, reuseAddr: true,
		defaultPacketOptions: {sourceName: 'npm sacn', useRawDmxValues: true}});
	const payload = Object.fromEntries(data.map((value, i) => [i + 1, value]));
	send = () => sender.send({payload});
} else {
	const {dmxnet} = require('dmxnet');
	// It listens on the port of Art-Net too: that one is ours here.
	const sender = new dmxnet({listen: 16454, hosts: [address], log: {level: 'error'}})
		.newSender({ip: address, net: universe >> 8, subnet: universe >> 4 & 15, universe: universe & 15});
	data.forEach((value, i) => sender.prepChannel(i, value));
	send = () => sender.transmit();
}
setInterval(send, 100);
