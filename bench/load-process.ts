import { type LoadOrder, runLoad } from './load';

// The process that loads a server, so that it takes nothing from anybody's event loop. Orders come and results go over IPC.
process.on('message', (order: LoadOrder) => {
  runLoad(order).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
