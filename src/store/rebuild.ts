import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { lockPosition } from './locks';
import { findLeads } from './rebuild-addressed';
import { type History, readHistory } from './rebuild-history';
import { compareLinks, findOpenLinks, type LinkDifferences, mendLinks, planLinks } from './rebuild-links';
import { compareShown, findShownNow, mendShown, type ShownMending } from './rebuild-shown';
import { rebuildSlugs } from './rebuild-slugs';
import { type Mention, readSources, type Source } from './rebuild-sources';
import { rebuildTexts } from './rebuild-texts';
import { type DerivedTable, type Finding, Rebuilding } from './rebuilding';
import type { Newsroom } from './scope';

/** What a rebuilding found wrong, and, unless it only looked, made right. */
export interface RebuildReport {
  /** How many rows of each table. */
  readonly wrong: Readonly<Record<DerivedTable, number>>;
  /** The first of them. */
  readonly first: readonly Finding[];
}

interface Compared {
  readonly shown: ShownMending;
  readonly links: readonly LinkDifferences[];
}

const targetsOf = (mentions: Iterable<Mention>): WikiTarget[] =>
  [...mentions].flatMap(({ to }) => (typeof to === 'string' ? [] : [to]));

const mentionsOf = (sources: readonly Source[]): Mention[] =>
  sources.flatMap(({ views }) => views.flatMap(({ mentions }) => mentions));

async function compareViews(run: Run, rebuilding: Rebuilding, sources: readonly Source[]): Promise<Compared> {
  const ids = sources.map(({ entry }) => entry);
  const leads = await findLeads(run, rebuilding, targetsOf(mentionsOf(sources)));
  return {
    shown: compareShown(sources, await findShownNow(run, ids)),
    links: compareLinks(sources, await findOpenLinks(run, ids), leads),
  };
}

const told = ({ shown, links }: Compared): Finding[] => [
  ...[...shown.write, ...shown.remove].map(({ entry }) => ({ table: 'shown' as const, id: entry, rows: 1 })),
  ...links.map(({ source, missing, wrong, doubles }) => ({
    table: 'link' as const,
    id: source.entry,
    rows: missing.length + wrong.length + doubles.length,
  })),
];

/**
 * Makes right what the views show of entries that are held, and their links. What takes time (reading contents, deriving)
 * comes before the position lock; under it rows are compared once more, for others' addresses may have moved meanwhile.
 */
async function mendViews(run: Run, rebuilding: Rebuilding, ids: readonly string[]): Promise<Finding[]> {
  const sources = await readSources(run, rebuilding, ids);
  const histories = new Map<string, History>();
  for (const { source } of (await compareViews(run, rebuilding, sources)).links)
    histories.set(source.entry, await readHistory(run, rebuilding, source));
  await lockPosition(run);
  const compared = await compareViews(run, rebuilding, sources);
  const past = [...histories.values()].flatMap((history) => history.map(({ mention }) => mention));
  const leads = await findLeads(run, rebuilding, targetsOf([...mentionsOf(sources), ...past]));
  await mendShown(run, compared.shown);
  await mendLinks(run, await planLinks(run, compared.links, leads, (entry) => histories.get(entry) ?? []));
  return told(compared);
}

async function rebuildViews(rebuilding: Rebuilding): Promise<void> {
  for await (const batch of rebuilding.entries()) {
    const findings = await rebuilding.look(async (run) =>
      told(await compareViews(run, rebuilding, await readSources(run, rebuilding, batch))),
    );
    if (rebuilding.isCheck) rebuilding.note(findings);
    else {
      const wrong = new Set(findings.map(({ id }) => id));
      await rebuilding.mend([...wrong].toSorted(), (run, ids) => mendViews(run, rebuilding, ids));
    }
  }
}

/**
 * Makes again, by the rules of today, what is derived from contents: links of texts, addresses, what the views show, open
 * links, in this order, for each needs those before it. Works beside a running server: it looks without locks, holds only
 * what is wrong, and never touches a row that is right. It may be stopped at any moment and begun again.
 *
 * @param isCheck writes nothing, only tells what is wrong.
 * @throws WikiError SERVICE_UNAVAILABLE where the database is lost, or locks are not to be had for very long.
 */
export async function rebuildDerived(
  newsroom: Newsroom,
  { isCheck = false, onProgress }: { isCheck?: boolean; onProgress?: (done: number, total: number) => void } = {},
): Promise<RebuildReport> {
  const [count] = await newsroom.database.run<{ total: number }>(
    'rebuild-total',
    'select (2 * (select count(*) from entry) + (select count(*) from text))::int as total',
  );
  const total = count?.total ?? 0;
  let done = 0;
  const rebuilding = new Rebuilding(newsroom, isCheck, (more) => {
    done += more;
    onProgress?.(done, Math.max(done, total)); // entries that are made meanwhile
  });
  await rebuildTexts(rebuilding);
  await rebuildSlugs(rebuilding);
  await rebuildViews(rebuilding);
  return { wrong: rebuilding.wrong, first: rebuilding.first };
}
