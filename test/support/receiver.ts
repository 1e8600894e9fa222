import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';
import type { ChangeEvent } from '../../src/feed/event';

/** A call that came in. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: ChangeEvent;
  readonly at: number;
}

type Answering = (response: ServerResponse, call: Received) => void;

/** A program that receives webhooks, over HTTP on this machine. */
export interface Receiver {
  readonly url: string;
  /** All that came, in the order in which it came. */
  readonly calls: Received[];
  /** Calls that have no answer yet. */
  underWay(): number;
  /** Most calls that were under way at a time. */
  most(): number;
  /** How it answers from now on; 204 at first. */
  answers(how: Answering | number): void;
  /** Waits until so many calls have come. */
  got(count: number): Promise<Received[]>;
  close(): Promise<void>;
}

/** What a call tells, if its signature is good under this secret. */
export const verify = (secret: string, call: Received): ChangeEvent =>
  new Verifier(secret).verify(call.body, call.headers as Record<string, string>) as ChangeEvent;

const withStatus =
  (status: number): Answering =>
  (response) =>
    void response.writeHead(status).end();

/** Listens on a port of its own. */
export async function startReceiver(host = '127.0.0.1'): Promise<Receiver> {
  const calls: Received[] = [];
  let answering = withStatus(204);
  let [now, most] = [0, 0];
  const server = createServer((request, response) => {
    now += 1;
    most = Math.max(most, now);
    response.on('close', () => (now -= 1));
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const event = JSON.parse(body) as ChangeEvent;
      const call = { method, path: url, id: String(headers['webhook-id']), headers, body, event, at: Date.now() };
      calls.push(call);
      answering(response, call);
      server.emit('received');
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/hook`,
    calls,
    underWay: () => now,
    most: () => most,
    answers: (how) => (answering = typeof how === 'number' ? withStatus(how) : how),
    got: async (count) => {
      while (calls.length < count) await once(server, 'received');
      return calls;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
