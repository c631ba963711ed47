// A server and a client of it in one process; each message is answered, in order. network.js LOG
const net = require('net');
const fs = require('fs');
const log = process.argv[2];
const fail = (what) => {
    fs.appendFileSync(log, `FAIL ${what}\n`);
    process.exit(99);
};
const server = net.createServer((peer) => peer.on('data', (data) => peer.write(data)));
server.listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1');
    let sent = 0;
    let rest = '';
    let beats = 0;
    let last = Date.now();
    client.on('error', fail);
    client.on('data', (data) => {
        rest += data;
        for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1)) {
            if (rest.slice(0, end) !== String(sent)) fail(`${rest.slice(0, end)} instead of ${sent}`);
            sent++;
            if (Date.now() - last > 50 || Date.now() < last) {
                last = Date.now();
                fs.appendFileSync(log, `${++beats} ok\n`);
            }
            setTimeout(() => client.write(`${sent}\n`), 1);
        }
    });
    client.write('0\n');
});
