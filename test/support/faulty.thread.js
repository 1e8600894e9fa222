// In the place of the thread that merges texts: what it does is what `mine` begins with.
const { parentPort, threadId } = require('node:worker_threads');

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
sleep(150); // as if there were much to load

parentPort.on('message', ({ mine }) => {
  if (mine.startsWith('throw')) throw new Error('it broke');
  if (mine.startsWith('end')) process.exit(3);
  parentPort.postMessage('BEGUN');
  if (mine.startsWith('hang')) for (;;);
  const ms = /^take (\d+)/.exec(mine)?.[1];
  if (ms) sleep(Number(ms));
  parentPort.postMessage({ merged: `thread ${threadId}`, parts: null });
});
