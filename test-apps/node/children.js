// Children with stdio pipes and an IPC channel, which are UNIX sockets, and a server on one. children.js LOG FOLDER
const fs = require('fs');
const net = require('net');
const path = require('path');
const { spawn, fork } = require('child_process');

if (process.argv[2] === 'child') {
  process.on('message', ({ n, text }) => process.send({ n: n * 3, text: text.length }));
  process.on('disconnect', () => process.exit(0));
} else {
  const [, , logPath, folder] = process.argv;
  const log = fs.openSync(logPath, 'a');
  const check = (good, what) => {
    if (good) return;
    fs.writeSync(log, `FAIL children.js: ${what}\n`);
    process.exit(99);
  };
  process.on('uncaughtException', (error) => check(false, error.stack.replace(/\n/g, ' | ')));

  const cat = spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const child = fork(__filename, ['child']);
  for (const one of [cat, child]) one.on('exit', (code, signal) => check(false, `a child is gone: ${code} ${signal}`));
  const name = path.join(folder, 'node.sock');
  fs.rmSync(name, { force: true });
  const server = net.createServer((socket) => socket.pipe(socket)).listen(name);

  const once = (source, event) => new Promise((resolve) => source.once(event, resolve));
  const echo = (stream, back, text) => new Promise((resolve) => {
    let got = '';
    const take = (data) => {
      got += data;
      if (got.length < text.length) return;
      back.off('data', take);
      resolve(got === text);
    };
    back.on('data', take);
    stream.write(text);
  });

  (async () => {
    await once(server, 'listening');
    const kept = net.connect(name);
    await once(kept, 'connect');
    kept.on('close', () => check(false, 'the connection is gone'));
    for (let beat = 1; beat < 12000; beat++) {
      const text = `${beat} `.repeat(20000);
      const answer = once(child, 'message');
      child.send({ n: beat, text });
      const [one, two, three] = await Promise.all([echo(cat.stdin, cat.stdout, text), echo(kept, kept, text), answer]);
      check(one && two && three.n === beat * 3 && three.text === text.length, `an answer of turn ${beat}`);
      if (beat % 10 === 0) {
        const brief = net.connect(name);
        check(await echo(brief, brief, `brief ${beat}`), 'a new connection');
        brief.destroy();
        const command = spawn('/bin/sh', ['-c', 'echo $((6 * 7)); exit 5']);
        const [data, code] = await Promise.all([once(command.stdout, 'data'), once(command, 'exit')]);
        check(String(data) === '42\n' && code === 5, 'a command');
      }
      fs.writeSync(log, `${beat} ok\n`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    process.exit(0);
  })();
}
