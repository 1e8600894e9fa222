import type { Run } from './database';
import { findLeads } from './rebuild-addressed';
import { compareLinks, findOpenLinks, mendLinks } from './rebuild-links';
import { readSources } from './rebuild-sources';

/** An address that one entry gave up before anybody saw it, and another has taken. */
export interface MovedAddress {
  readonly former: string;
  readonly entry: string;
  /** Of the change with which it was taken. */
  readonly position: string;
}

/** Texts and addresses are what the tables say. */
const AS_THEY_ARE = { texts: new Map(), addresses: new Map() };

// What is out of sight cannot be read where it came by an import.
const findReferring = async (run: Run, formers: readonly string[]): Promise<string[]> => {
  const rows = await run<{ id: string }>(
    'referring-by-address',
    `select distinct l.from_entry as id from link l
      join entry e on e.id = l.from_entry
      join revision r on r.entry = e.id and r.number = e.latest and r.content is not null
      where l.to_entry = any($1::uuid[]) and l.view = 'LATEST' and l.until is null
      order by 1`,
    [formers],
  );
  return rows.map(({ id }) => id);
};

/**
 * Has wiki links lead to whoever has their address now, from the change on with which it was taken. What was never public only
 * LATEST knows. Rare, so it may read all that refers to the former entry: a link does not say by which of its addresses. The
 * position lock must be held.
 */
export async function followAddresses(run: Run, moved: readonly MovedAddress[]): Promise<void> {
  const ids = await findReferring(
    run,
    moved.map(({ former }) => former),
  );
  if (ids.length === 0) return;
  const sources = await readSources(run, AS_THEY_ARE, ids);
  const mentions = sources.flatMap(({ views }) => views.flatMap((view) => view.mentions));
  const targets = mentions.flatMap(({ to }) => (typeof to === 'string' ? [] : [to]));
  const leads = await findLeads(run, AS_THEY_ARE, targets);
  const differences = compareLinks(sources, await findOpenLinks(run, ids), leads);
  const left = new Map(moved.map(({ former, position }) => [former, position]));
  const taken = new Map(moved.map(({ entry, position }) => [entry, position]));
  await mendLinks(run, {
    end: differences.flatMap(({ wrong }) =>
      wrong.flatMap(({ id, view, to }) => {
        const until = view === 'LATEST' && to !== null ? left.get(to) : undefined;
        return until === undefined ? [] : [{ id, until }];
      }),
    ),
    make: differences.flatMap(({ missing }) =>
      missing.flatMap((link) => {
        const since = link.view === 'LATEST' && link.to !== null ? taken.get(link.to) : undefined;
        return since === undefined ? [] : [{ ...link, since }];
      }),
    ),
    remove: [],
  });
}
