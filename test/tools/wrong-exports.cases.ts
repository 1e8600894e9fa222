import { sha256 } from '../../src/base/hash';
import type { Answer } from '../support/newsroom';

/** Lines of an export as they stand in a file. */
export const text = (all: readonly Answer[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Ways to spoil an export. */
export interface Spoiling {
  /** A change with a content, somewhere in the midst. */
  wroteAt(): number;
  /** The export with another content there, whose hash is right. */
  rehashed(content: object): Answer[];
  /** By what is wrong with it: the file, the number of the line where that can be told, and what is said. */
  readonly cases: Readonly<Record<string, () => { content: string | Buffer; at: number; says: RegExp }>>;
}

/** Ways to spoil the export of these lines, which are there once a case is made. */
export function spoiling(lines: Answer[]): Spoiling {
  const change = (n: number): number => lines.findIndex((line) => line.line === 'change') + n;
  const withLine = (index: number, more: object): Answer[] =>
    lines.map((line, n) => (n === index ? { ...line, ...more } : line));
  const wroteAt = (): number =>
    lines.findIndex((line) => line.line === 'change' && line.wrote?.content && line.position > 8);
  const withWrote = (more: object): Answer[] => withLine(wroteAt(), { wrote: { ...lines[wroteAt()].wrote, ...more } });
  const NOBODY = '00000000-0000-4000-8000-000000000000';
  const rehashed = (content: object) => withWrote({ content, hash: sha256(JSON.stringify(content)) });
  const index = (name: string): number => lines.findIndex(({ line }) => line === name);

  const doubled = (name: string): Answer[] =>
    withEnd(lines.flatMap((line, n) => (n === index(name) ? [line, line] : [line])));
  const withEnd = (all: readonly Answer[]): Answer[] => [...all.slice(0, -1), { line: 'end', lines: all.length }];
  const hiddenAt = (): number => lines.findIndex(({ line, kind }) => line === 'change' && kind === 'HIDDEN');

  const mergedAt = (): number => lines.findIndex(({ line, kind }) => line === 'change' && kind === 'MERGED');
  const togetherAt = (): number => lines.findIndex(({ together, changeset }) => together && changeset);

  const cases: Spoiling['cases'] = {
    'a cut file': () => ({ content: text(lines.slice(0, -3)), at: lines.length - 2, says: /was cut/ }),
    'a file cut within a line': () => ({ content: text(lines).slice(0, -400), at: 0, says: /no JSON|was cut/ }),
    'an empty file': () => ({ content: '', at: 0, says: /not a single line/ }),
    'something that is no JSON': () => ({
      content: text(lines).replace(/\n\{"line":"change"/, '\n{line:"change"'),
      at: change(1),
      says: /no JSON/,
    }),
    'another format': () => ({
      content: text(withLine(0, { format: 2 })),
      at: 1,
      says: /format 2; this release reads format 1/,
    }),
    'a line of an unknown sort': () => ({ content: text(withLine(3, { line: 'watch' })), at: 4, says: /line/ }),
    'an unknown kind of entry': () => ({
      content: text(withLine(change(0), { entryKind: 'CASE' })),
      at: change(1),
      says: /entryKind/,
    }),
    'a field that nobody knows': () => ({
      content: text(withLine(change(0), { secret: 1 })),
      at: change(1),
      says: /secret/,
    }),
    'no first line': () => ({ content: text(lines.slice(1)), at: 1, says: /begins with a line `newsroom`/ }),
    'two exports in one file': () => ({
      content: text([...lines.slice(0, -1), ...lines]),
      at: lines.length,
      says: /second export/,
    }),
    'something after the end': () => ({
      content: text([...lines, lines[1]]),
      at: lines.length + 1,
      says: /after the end/,
    }),
    'a content that is another one': () => ({
      content: text(withWrote({ hash: sha256('x') })),
      at: wroteAt() + 1,
      says: /has not the hash/,
    }),
    'a text that is another one': () => ({
      content: text(withLine(index('text'), { body: 'forged' })),
      at: index('text') + 1,
      says: /text has not the hash/,
    }),
    'a text that is missing': () => ({
      content: text(lines.filter(({ line }) => line !== 'text')),
      at: 0,
      says: /names the text [0-9a-f]{64}, which is not there/,
    }),
    'a change that is missing': () => ({
      content: text(lines.filter((_, n) => n !== change(2))),
      at: change(3),
      says: /position 4 comes after 2/,
    }),
    'a change that is there twice': () => ({
      content: text([...lines.slice(0, change(2)), lines[change(1)], ...lines.slice(change(2))]),
      at: change(3),
      says: /position 2 comes after 2/,
    }),
    'a time that goes back': () => ({
      content: text(withLine(change(4), { at: '2001-01-01T00:00:00.000Z' })),
      at: change(5),
      says: /before the change before/,
    }),
    'a user of whom there is no line': () => ({
      content: text(withLine(change(0), { author: NOBODY })),
      at: change(1),
      says: new RegExp(`the user ${NOBODY}`),
    }),
    'a cause that is not there': () => ({
      content: text(withLine(change(1), { cause: NOBODY })),
      at: change(2),
      says: new RegExp(`the entry ${NOBODY}, which is not there`),
    }),
    'a content that refers to nothing': () => {
      const at = lines.findIndex((line) => line.wrote?.content?.subject);
      const content = { ...lines[at].wrote.content, subject: NOBODY };
      const wrote = { ...lines[at].wrote, content, hash: sha256(JSON.stringify(content)) };
      return {
        content: text(withLine(at, { wrote })),
        at: at + 1,
        says: new RegExp(`the entry ${NOBODY}, which is not there`),
      };
    },
    'a content of a format to come': () => ({
      content: text(withWrote({ format: 99 })),
      at: wroteAt() + 1,
      says: /format 99; this release knows/,
    }),
    'a content without a field': () => ({
      content: text(rehashed({ language: 'en' })),
      at: wroteAt() + 1,
      says: /lacks the field/,
    }),
    'a content with a field of no kind': () => ({
      content: text(rehashed({ ...lines[wroteAt()].wrote.content, colour: 'red' })),
      at: wroteAt() + 1,
      says: /field colour/,
    }),
    'a content that nobody can read': () => ({
      content: text(rehashed(Object.fromEntries(Object.keys(lines[wroteAt()].wrote.content).map((name) => [name, 7])))),
      at: wroteAt() + 1,
      says: /cannot be read/,
    }),
    'a word of no vocabulary in a content': () => {
      const at = lines.findIndex((line) => line.wrote?.content?.mood);
      const content = { ...lines[at].wrote.content, mood: 'fact' };
      const wrote = { ...lines[at].wrote, content, hash: sha256(JSON.stringify(content)) };
      return {
        content: text(withLine(at, { wrote })),
        at: at + 1,
        says: /cannot be read as one of CLAIM in format 1: mood holds what cannot be there/,
      };
    },
    'a content in no language': () => ({
      content: text(rehashed({ ...lines[wroteAt()].wrote.content, language: null })),
      at: wroteAt() + 1,
      says: /language holds what cannot be there/,
    }),
    'an entry with the address of another': () => {
      const [first, second] = lines.flatMap((line, n) =>
        line.wrote?.number === 1 && line.entryKind === 'ACTOR' ? [n] : [],
      );
      const { wrote } = lines[second ?? 0];
      const content = { ...wrote.content, slug: lines[first ?? 0].wrote.content.slug };
      return {
        content: text(withLine(second ?? 0, { wrote: { ...wrote, content, hash: sha256(JSON.stringify(content)) } })),
        at: (second ?? 0) + 1,
        says: new RegExp(`its address ${content.slug} is that of ${lines[first ?? 0].entry}`),
      };
    },
    'a revision that is missing': () => ({
      content: text(withLine(wroteAt(), { wrote: null })),
      at: wroteAt() + 1,
      says: /newest revision of/,
    }),
    'a comment on what is not there': () => ({
      content: text(withLine(index('comment'), { entry: NOBODY })),
      at: index('comment') + 1,
      says: /not there/,
    }),
    'a correction of a change that never was': () => ({
      content: text(withLine(index('correction'), { position: 99_999 })),
      at: index('correction') + 1,
      says: /no position 99999/,
    }),
    'a text that no database can hold': () => ({
      content: text(withLine(index('comment'), { body: 'a\0b' })),
      at: index('comment') + 1,
      says: /body: it holds NUL/,
    }),
    'half of a character in a content': () => ({
      content: text(rehashed({ ...lines[wroteAt()].wrote.content, language: '\ud83d' })),
      at: wroteAt() + 1,
      says: /wrote\.content\.language: it holds NUL, or half/,
    }),
    'a time that no calendar has': () => ({
      content: text(withLine(index('protection'), { expiresAt: '0000-01-01T00:00:00.000Z' })),
      at: index('protection') + 1,
      says: /expiresAt/,
    }),
    'a comment that is there twice': () => ({
      content: text(doubled('comment')),
      at: index('comment') + 2,
      says: /there twice/,
    }),
    'a user who is there twice': () => ({
      content: text(doubled('user')),
      at: index('user') + 2,
      says: /was there before/,
    }),
    'a comment that is settled by nobody': () => ({
      content: text(withLine(index('comment'), { resolvedAt: '2026-01-01T00:00:00.000Z' })),
      at: index('comment') + 1,
      says: /resolvedBy/,
    }),
    'a withdrawal at the place of another change': () => ({
      content: text(withLine(index('withdrawal'), { position: 1 })),
      at: index('withdrawal') + 1,
      says: /position 1 does not say so/,
    }),
    'a protection from before it was decided': () => ({
      content: text(withLine(index('protection'), { since: 1, until: null })),
      at: index('protection') + 1,
      says: /position 1 does not say so/,
    }),
    'an entry that is put out of sight and published by it': () => ({
      content: text(withLine(hiddenAt(), { publicKind: 'PUBLISHED' })),
      at: hiddenAt() + 1,
      says: /not PUBLISHED/,
    }),
    'a first publication of which the public is told nothing': () => ({
      content: text(
        withLine(
          lines.findIndex(({ publicKind }) => publicKind === 'PUBLISHED'),
          { publicKind: null },
        ),
      ),
      at: lines.findIndex(({ publicKind }) => publicKind === 'PUBLISHED') + 1,
      says: /told PUBLISHED of it, not nothing/,
    }),
    'an embargo of which nobody says when it ends': () => ({
      content: text(withEnd(lines.filter((line) => line.line !== 'standing' || line.embargoUntil === null))),
      at: 0,
      says: /is under an embargo, and no line `standing`/,
    }),
    'a merged entry for which another answers than the changes say': () => ({
      content: text(withLine(index('redirect'), { into: lines[change(0)].entry })),
      at: index('redirect') + 1,
      says: /its into is [0-9a-f-]{36} by the changes/,
    }),
    'a merging that never was': () => ({
      content: text(withLine(index('redirect'), { since: 1 })),
      at: index('redirect') + 1,
      says: /no change at position 1 says/,
    }),
    'a link to an entry that is not there': () => ({
      content: text(withLine(index('link'), { to: NOBODY })),
      at: index('link') + 1,
      says: /which is not there/,
    }),
    'a link that leads nowhere': () => ({
      content: text(withLine(index('link'), { to: null, wantedKind: 'ACTOR' })),
      at: index('link') + 1,
      says: /either `to`, or `wantedKind` and `wantedSlug`/,
    }),
    'a link that ends where it begins': () => ({
      content: text(withLine(index('link'), { until: lines[index('link')].since })),
      at: index('link') + 1,
      says: /it ends at \d+, where it begins/,
    }),
    'a claim that is wanted by a name': () => ({
      content: text(withLine(index('link'), { to: null, wantedKind: 'CLAIM', wantedSlug: 'x' })),
      at: index('link') + 1,
      says: /a claim is named by its id/,
    }),
    'a link that is told twice': () => ({
      content: text(doubled('link')),
      at: index('link') + 2,
      says: /there twice/,
    }),
    'a judgement of one actor': () => ({
      content: text(withLine(index('judgement'), { one: lines[index('judgement')].other })),
      at: index('judgement') + 1,
      says: /not the same/,
    }),
    'a change into another entry that is no merging': () => ({
      content: text(withLine(change(1), { into: lines[change(0)].entry })),
      at: change(2),
      says: /has no `into`/,
    }),
    'a revision that a merging names and nobody wrote': () => ({
      content: text(withLine(index('redirect'), { joinedBy: 99 })),
      at: index('redirect') + 1,
      says: /there is no revision 99 of/,
    }),
    'a change that is about another revision than it wrote': () => ({
      content: text(withLine(wroteAt(), { revision: 99 })),
      at: wroteAt() + 1,
      says: /it is not about revision 99/,
    }),
    'a merging that is about a revision that is not there': () => ({
      content: text(withLine(mergedAt(), { revision: 99 })),
      at: mergedAt() + 1,
      says: /it is not about revision 99/,
    }),
    'a change of a changeset that is none of it': () => ({
      content: text(withLine(togetherAt(), { changeset: null })),
      at: togetherAt() + 1,
      says: /of one changeset: [0-9a-f-]{36}, not null/,
    }),
    'an id in capital letters': () => ({
      content: text(withLine(index('correction'), { id: lines[index('correction')].id.toUpperCase() })),
      at: index('correction') + 1,
      says: /id: ids are UUIDs in small letters/,
    }),
    'a letter that is no UTF-8': () => {
      const [before = '', after = ''] = text(lines).split('Look at this.');
      return {
        content: Buffer.concat([Buffer.from(`${before}Look at `), Buffer.from([0xe9]), Buffer.from(after)]),
        at: index('comment') + 1,
        says: /it is no UTF-8/,
      };
    },
    'fewer lines than there were': () => ({
      content: text(lines.filter(({ line }) => line !== 'comment')),
      at: lines.length - 1,
      says: /had \d+ lines/,
    }),
  };

  return { wroteAt, rehashed, cases };
}
