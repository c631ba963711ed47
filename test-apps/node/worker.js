// Timers, the file system, child processes, buffers with a checksum, and workers. worker.js LOG FOLDER
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');
const { spawn } = require('child_process');
const { Worker } = require('worker_threads');

const [, , logPath, folder] = process.argv;
const log = fs.openSync(logPath, 'a');
const say = (line) => fs.writeSync(log, line + '\n');
const check = (good, what) => {
  if (good) return;
  say(`FAIL worker.js: ${what}`);
  process.exit(99);
};
process.on('uncaughtException', (error) => check(false, error.stack.replace(/\n/g, ' | ')));

const memory = crypto.randomBytes(16 << 20);
const digest = crypto.createHash('sha256').update(memory).digest('hex');
const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore' }); // node's stdio pipes are UNIX sockets: not here
child.on('exit', (code, signal) => check(false, `the child is gone: ${code} ${signal}`));
const worker = new Worker("const {parentPort} = require('worker_threads'); parentPort.on('message', n => parentPort.postMessage(n * 3))", { eval: true });
worker.on('exit', () => check(false, 'the worker is gone'));

let intervals = 0;
setInterval(() => intervals++, 10);

const ask = (send, source, event) => new Promise((resolve) => { source.once(event, resolve); send(); });
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

(async () => {
  for (let beat = 1; beat < 12000; beat++) {
    check((await ask(() => worker.postMessage(beat), worker, 'message')) === beat * 3, 'answer of the worker');
    const file = path.join(folder, 'node.txt');
    await fs.promises.writeFile(file, `beat ${beat}`);
    check((await fs.promises.readFile(file, 'utf8')) === `beat ${beat}`, 'file');
    if (beat % 10 === 0) {
      check(crypto.createHash('sha256').update(memory).digest('hex') === digest, 'memory');
      const command = spawn('/bin/sh', ['-c', `exit ${beat % 7}`], { stdio: 'ignore' });
      check((await new Promise((resolve) => command.once('exit', resolve))) === beat % 7, 'status of a command');
    }
    const before = intervals;
    const start = process.hrtime.bigint();
    await sleep(50);
    check(process.hrtime.bigint() - start >= 49000000n, 'a timer fired early');
    check(intervals > before, 'the interval timer stands still');
    say(`${beat} ok`);
  }
})();
