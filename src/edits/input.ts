import { randomBytes } from 'node:crypto';
import { badInput } from '../base/errors';
import { isUuid } from '../base/node-id';
import { Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { emptyContent, referencesOf } from '../rules/contents';
import type { Reading } from '../rules/fields';
import { cleanText } from '../rules/text';
import type { Newsroom } from '../store/scope';

/**
 * Begins to read an input: nothing wrong yet.
 *
 * @param refs what a changeset's own creates are called in it.
 */
export const startReading = (newsroom: Newsroom, refs: Reading['refs'] = null): Reading => ({
  limits: newsroom.text,
  defaultLanguage: newsroom.language,
  newItemId: () => randomBytes(12).toString('base64url'), // random, as all ids
  refs,
  problems: [],
  texts: new Map(),
  wikiLinks: 0,
  claimedItems: [],
});

/** Reads a text of an input beside its fields: a summary, a note. Null where there is none. Problems have no path: a field may have the same name. */
export function readRemark(reading: Reading, name: string, given: string | null | undefined): string | null {
  if (given === null || given === undefined) return null;
  const cleaned = cleanText(given);
  if (!cleaned.ok) {
    reading.problems.push(new Problem('INVALID', `${name}: ${cleaned.reason}`, null));
    return null;
  }
  const max = reading.limits.summary;
  if (cleaned.value.length > max)
    reading.problems.push(
      new Problem('TOO_LONG', `${name} has ${cleaned.value.length} characters; at most ${max} are allowed.`, null),
    );
  return cleaned.value.trim() || null;
}

/**
 * Checks a client's mutation id, which becomes a key in the database.
 *
 * @throws WikiError BAD_USER_INPUT
 */
export function assertMutationId(id: string | null | undefined): void {
  if (id === null || id === undefined) return;
  if (!/^[\x21-\x7e]{1,200}$/.test(id))
    throw badInput('clientMutationId', 'must be 1 to 200 printable ASCII characters without spaces.');
}

/** References whose ids cannot be ids at all: they lead nowhere, and no database has to be asked. */
export function complainMalformedReferences(reading: Reading, kind: EntryKind, content: Partial<Content>): void {
  for (const reference of referencesOf(kind, { ...emptyContent(kind), ...content }))
    if (!isUuid(reference.to)) reading.problems.push(noSuchEntry(reference.path));
}

/** The same words for an id that nothing has, and for one that cannot be an id. */
export const noSuchEntry = (path: string): Problem =>
  new Problem('NOT_FOUND', `${path.slice(1).replaceAll('/', '.')}: there is no such entry.`, path);
