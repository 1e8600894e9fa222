import { badInput } from '../base/errors';
import { invariant } from '../base/invariant';
import { toEvent } from '../feed/event';
import type { Hub } from '../feed/hub';
import { changesFrom } from '../feed/sources';
import type { Question } from '../feed/subscriber';
import { ChangeKind } from '../model/change';
import { EntryKind } from '../model/entry';
import { View } from '../model/lens';
import { findNotes } from '../store/feed';
import type { Scope } from '../store/scope';
import { readFeedFilter } from './feed';
import { findPlace } from './follow.resolver';

const NAMES = ['after', 'kinds', 'entryKinds', 'entries', 'story', 'watched', 'view'];

function readWord<Word extends string>(name: string, written: string, words: Readonly<Record<Word, Word>>): Word {
  if (Object.hasOwn(words, written)) return written as Word;
  throw badInput(name, `"${written.slice(0, 80)}" is none of ${Object.keys(words).join(', ')}.`);
}

/** A parameter's values: written once with commas, or several times. Null where it is not there. */
function listOf(query: URLSearchParams, name: string): string[] | null {
  if (!query.has(name)) return null;
  return query
    .getAll(name)
    .flatMap((value) => value.split(',').map((word) => word.trim()))
    .filter((value) => value !== '');
}

function oneOf(query: URLSearchParams, name: string): string | null {
  const [value = null, ...more] = query.getAll(name);
  if (more.length > 0) throw badInput(name, `give it once; it is there ${more.length + 1} times.`);
  return value;
}

function readFilter(query: URLSearchParams) {
  for (const name of query.keys())
    if (!NAMES.includes(name))
      throw badInput(name.slice(0, 80), `there is no such parameter; there are ${NAMES.join(', ')}.`);
  const watched = oneOf(query, 'watched') ?? 'false';
  return {
    kinds: listOf(query, 'kinds')?.map((word) => readWord('kinds', word, ChangeKind)),
    entryKinds: listOf(query, 'entryKinds')?.map((word) => readWord('entryKinds', word, EntryKind)),
    entries: listOf(query, 'entries'),
    story: oneOf(query, 'story'),
    watched: readWord('watched', watched, { true: 'true', false: 'false' }) === 'true',
    view: readWord('view', oneOf(query, 'view') ?? 'PUBLISHED', View),
  };
}

/**
 * Opens what the parameters of `/events` ask for, told as events: bytes of Server-Sent Events, each with its cursor as id.
 *
 * @param last the id of the last event that was seen; it goes before `after`.
 * @param after where to go on, for one that was open before.
 * @throws WikiError BAD_USER_INPUT, CURSOR_INVALID, CURSOR_EXPIRED, UNAUTHENTICATED, FORBIDDEN
 */
export async function openEvents(
  { hub, checkpointMs }: { readonly hub: Hub; readonly checkpointMs: number },
  scope: Scope,
  query: URLSearchParams,
  last: string | null,
  after: bigint | null = null,
): Promise<Question> {
  const filter = readFeedFilter(scope, readFilter(query), 'entries');
  const asked = oneOf(query, 'after');
  const place =
    after ?? (await findPlace(scope, filter.view, last ?? asked, last === null ? 'after' : 'Last-Event-ID'));
  const { run } = hub.newsroom.database;
  const { moments } = hub.newsroom;
  return {
    audience: `events ${JSON.stringify(filter)}`,
    isPersonal: filter.watchedBy !== null,
    source: changesFrom(hub, filter, place, checkpointMs),
    render: async ({ position, change }) => {
      invariant(position !== null, 'an event has a place in the feed');
      const cursor = moments.seal(position);
      const notes = change ? await findNotes(run, [change]) : null;
      const event = change && toEvent(change, cursor, notes?.get(change.position) ?? null);
      const lines = event
        ? [`id: ${cursor}`, `data: ${JSON.stringify(event)}`]
        : [`id: ${cursor}`, 'event: checkpoint', `data: ${JSON.stringify({ cursor })}`];
      return { bytes: Buffer.from(`${lines.join('\n')}\n\n`), isPersonal: false };
    },
  };
}
