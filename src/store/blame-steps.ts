import type { Content, EntryKind } from '../model/entry';
import type { View } from '../model/lens';
import { inNewestFormat } from '../rules/contents';
import type { Run } from './database';

/** A revision that counts in a view, before its content is read. */
export interface StepRow {
  readonly entry: string;
  readonly number: number;
  /** The newest state that it may have brought back is that of the newest revision up to this number. */
  readonly takesBack: number | null;
  /** Bytes of its content. */
  readonly size: number;
}

/**
 * The revisions of entries up to given numbers, by entry and number, oldest first. Hidden ones are passed over: what they
 * brought came, for whoever reads now, with the next. An undo takes back its target, so it brings back what was below it.
 */
export const findSteps = (
  run: Run,
  view: View,
  entries: readonly { entry: string; upTo: number }[],
): Promise<StepRow[]> =>
  run<StepRow>(
    'blame-steps',
    `select r.entry, r.number, octet_length(r.content::text) as size,
        case r.action when 'REVERT' then r.target when 'UNDO' then r.target - 1 end as "takesBack"
      from unnest($2::uuid[], $3::int[]) as a (entry, up_to)
      join revision r on r.entry = a.entry and r.number <= a.up_to
      where ($1 = 'LATEST' or r.public_position is not null) and r.hidden_at is null and r.content is not null
      order by r.entry, r.number`,
    [view, entries.map(({ entry }) => entry), entries.map(({ upTo }) => upTo)],
  );

/** Contents of revisions in the order in which they are given, in today's format. */
export async function findStepContents(run: Run, steps: readonly StepRow[]): Promise<(Content | null)[]> {
  const rows = await run<{ place: number; kind: EntryKind; format: number; content: Content | null }>(
    'blame-contents',
    `select a.place::int, e.kind, r.format, r.content
      from unnest($1::uuid[], $2::int[]) with ordinality as a (entry, number, place)
      join revision r on r.entry = a.entry and r.number = a.number
      join entry e on e.id = r.entry`,
    [steps.map((step) => step.entry), steps.map((step) => step.number)],
  );
  const contents: (Content | null)[] = steps.map(() => null);
  for (const { place, kind, format, content } of rows)
    contents[place - 1] = content && inNewestFormat(kind, format, content);
  return contents;
}

/** How many bytes long texts have; Postgres tells without reading them. */
export const findTextSizes = (run: Run, hashes: readonly string[]): Promise<{ hash: string; size: number }[]> =>
  run('blame-text-sizes', 'select hash, octet_length(body) as size from text where hash = any($1::text[])', [hashes]);
