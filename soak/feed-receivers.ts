import type { Random } from '../bench/random';
import { type Received, type Receiver, startReceiver, verify } from '../test/support/receiver';
import { deliver } from './deliver';
import type { Call } from './feed-judge';
import type { Followed } from './feed-rows';
import type { Newsroom } from './feed-writers';

/** A webhook, and the program that it calls. */
export interface Subscribed {
  readonly name: string;
  readonly followed: Followed;
  /** What was heard, in the order in which it came, with cursors as they came. */
  calls(): readonly (Omit<Call, 'position'> & { readonly cursor: string })[];
  /** Makes what waits for its next attempt due now, as somebody does whose program is well again. */
  hurry(): Promise<void>;
  close(): Promise<void>;
}

const CREATE = `mutation ($input: CreateWebhookInput!) {
  createWebhook(input: $input) { secret webhook { id } problems { message } } }`;
const ENABLE = `mutation ($input: EnableWebhookInput!) { enableWebhook(input: $input) { problems { message } } }`;

interface Created {
  readonly createWebhook: {
    readonly secret: string | null;
    readonly webhook: { readonly id: string } | null;
    readonly problems: readonly { readonly message: string }[];
  };
}

/** One call in so many is refused, as often one is cut off; when it comes again it is taken. */
const TROUBLE_IN = 25;

/** What a program made of its calls. */
interface Heard {
  /** Why a signature is not good, as it was looked at when the call came; null where it is. */
  readonly forged: Map<Received, string | null>;
  readonly answered: Map<Received, number>;
}

/** Looks at each signature, and answers some calls badly, the first time that they come. */
function hear(receiver: Receiver, secret: string, random: Random, hangs: number): Heard {
  const heard: Heard = { forged: new Map(), answered: new Map() };
  const seen = new Set<string>();
  let left = hangs;
  receiver.answers((response, call) => {
    const forgery = forgeryOf(secret, call);
    heard.forged.set(call, forgery);
    const chance = seen.has(call.id) ? TROUBLE_IN : random.below(TROUBLE_IN);
    seen.add(call.id);
    if (forgery !== null) response.writeHead(400).end();
    else if (chance === 0) response.writeHead(500).end();
    else if (chance === 1) response.destroy();
    else if (chance === 2 && left > 0)
      left -= 1; // never answered
    else {
      heard.answered.set(call, Date.now());
      response.writeHead(204).end();
    }
  });
  return heard;
}

function forgeryOf(secret: string, call: Received): string | null {
  try {
    verify(secret, call);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Makes a webhook of the editor's, and has its calls received. While servers are killed there could be two of it.
 *
 * @param after the cursor from which on it is told.
 * @param hangs how many calls are never answered, which costs the server its time limit each.
 */
export async function subscribe(
  newsroom: Newsroom,
  followed: Followed,
  after: string,
  random: Random,
  hangs: number,
): Promise<Subscribed> {
  const receiver = await startReceiver();
  const desk = { ...newsroom, token: newsroom.editor };
  const { view, entryKinds, story } = followed;
  const input = { url: receiver.url, filter: { view, entryKinds, story }, after };
  const { createWebhook } = (await deliver<Created>(desk, CREATE, { input })).data;
  const { secret, webhook, problems } = createWebhook;
  if (secret === null || !webhook) throw new Error(`There is no webhook: ${JSON.stringify(problems)}`);
  const heard = hear(receiver, secret, random, hangs);
  return {
    name: `webhook, ${view}${story ? ' of a story' : ''}`,
    followed,
    calls: () =>
      receiver.calls.map((call) => {
        const { cursor, kind, entryId: entry, revision } = call.event.data;
        const answeredAt = heard.answered.get(call) ?? null;
        const forged = heard.forged.get(call) ?? null;
        return { id: call.id, cursor, change: { kind, entry, revision }, at: call.at, answeredAt, forged };
      }),
    hurry: async () => void (await deliver(desk, ENABLE, { input: { id: webhook.id } })),
    close: () => receiver.close(),
  };
}
