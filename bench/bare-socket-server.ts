import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

// The limit of the feed: what Node and ws do at most to say the same to many. It knows no GraphQL, no rights and no database:
// whoever subscribes is told whatever comes over HTTP, byte by byte the same, until they leave.

// With a cursor as long as those of the newsroom: subscribers look for what follows at the same place.
const CHECKPOINT = JSON.stringify({
  id: '1',
  type: 'next',
  payload: { data: { changes: { cursor: '-'.repeat(22), change: null } } },
});

const sockets = new Set<WebSocket>();
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    broadcast(JSON.parse(Buffer.concat(parts).toString()) as string[]).then(
      () => response.end(),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
});
const socketServer = new WebSocketServer({ server, perMessageDeflate: false });
socketServer.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { type } = JSON.parse(String(data)) as { type: string };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type !== 'subscribe') return;
    sockets.add(socket);
    socket.send(CHECKPOINT);
  });
  socket.on('close', () => sockets.delete(socket));
});

async function broadcast(messages: readonly string[]): Promise<void> {
  for (const message of messages) {
    const bytes = Buffer.from(message);
    for (const socket of sockets) socket.send(bytes, { binary: false });
    await new Promise(setImmediate); // lets the sockets write
  }
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`bare sockets: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => {
  for (const socket of socketServer.clients) socket.terminate();
  server.close();
  server.closeAllConnections();
});
