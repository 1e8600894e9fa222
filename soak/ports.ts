import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Ports on this machine that nobody listens on at the moment, for servers that are to come back where they were. */
export async function findPorts(count: number): Promise<number[]> {
  // All at once, so that none comes twice.
  const listeners = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports: number[] = [];
  for (const listener of listeners) {
    if (!listener.listening) await once(listener, 'listening');
    ports.push((listener.address() as AddressInfo).port);
  }
  for (const listener of listeners) {
    listener.close();
    await once(listener, 'close');
  }
  return ports;
}
