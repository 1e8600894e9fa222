import * as fc from 'fast-check';
import { findBreaches } from '../support/invariants';
import type { Asker } from '../support/newsroom';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type Deed, deeds, everySixth, History, WHOLE_GRAPH } from '../support/past-histories';

/** Everything that can be asked at a moment: as who, in which view. */
const LOOKS: readonly { name: string; view: 'LATEST' | 'PUBLISHED'; asker: (room: TestNewsroom) => Asker }[] = [
  { name: 'LATEST, EDITOR', view: 'LATEST', asker: (room) => room.as('EDITOR') },
  { name: 'PUBLISHED, EDITOR', view: 'PUBLISHED', asker: (room) => room.as('EDITOR') },
  { name: 'PUBLISHED, anonymous', view: 'PUBLISHED', asker: (room) => room.asAnonymous() },
];

interface Step {
  readonly deed: string;
  readonly cursor: string;
  readonly at: Date;
  readonly publicIds: ReadonlySet<string>;
  readonly answers: readonly unknown[];
}

/** What is public: also by what answers for it, where it was public when it was merged. */
const publicNow = async (room: TestNewsroom): Promise<Set<string>> =>
  new Set(
    (
      await room.sql(`select entry from shown where view = 'PUBLISHED'
        union select d.from_entry from redirect d join shown s on s.entry = d.into_entry and s.view = 'PUBLISHED'
          where d.until is null and d.state = 'PUBLISHED'`)
    ).map((row) => row.entry),
  );

// Markdown is shown as it was written, with the addresses that its author wrote.
const NAMED_IN_TEXT = /\[\[claim:[^|\]]*/g;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Does what is to be done; after each deed the whole graph is asked for and kept. */
async function live(room: TestNewsroom, todo: readonly Deed[], allIds: string[]): Promise<Step[]> {
  const history = new History(room);
  const steps: Step[] = [];
  let newest = 0;
  for (const deed of [...everySixth, ...todo]) {
    const outcome = await history.do(deed);
    const [head] = await room.sql('select position::int, at from change order by position desc limit 1');
    if (!head || head.position === newest) continue;
    newest = head.position;
    const ids = (await history.entries()).map((entry) => entry.id);
    allIds.splice(0, allIds.length, ...ids);
    const answers = [];
    for (const { view, asker } of LOOKS) answers.push((await asker(room).run(WHOLE_GRAPH, { ids, view })).nodes);
    const { head: cursor } = await room.asAnonymous().run('{ head }');
    steps.push({ deed: `${deed.act} ${outcome}`, cursor, at: head.at, publicIds: await publicNow(room), answers });
  }
  return steps;
}

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean => [...some].every((id) => all.has(id));

interface Told {
  readonly id: string;
  readonly state: string;
  readonly backlinks: { readonly nodes: readonly { id: string }[] };
  readonly citations: { readonly nodes: readonly { id: string }[] };
  readonly parts?: { readonly nodes: readonly { id: string }[] };
  readonly cast?: readonly { actor: { id: string } }[];
  readonly participants?: readonly { actor: { id: string } }[];
  readonly about?: { id: string } | null;
  readonly partOf?: { id: string } | null;
}

/** References that are told from one end and not from the other. */
function findOneSided(nodes: readonly (Told | null)[]): string[] {
  const all = nodes.filter((node): node is Told => node !== null);
  const listed = all.filter(({ state }) => state !== 'DELETED');
  const pairs = (
    of: readonly Told[],
    led: (node: Told) => readonly ({ id: string } | null | undefined)[],
  ): Set<string> =>
    new Set(of.flatMap((node) => led(node).flatMap((other) => (other ? [`${node.id} ${other.id}`] : []))));
  const reversed = (found: ReadonlySet<string>): Set<string> =>
    new Set([...found].map((pair) => pair.split(' ').toReversed().join(' ')));
  const forward = {
    about: pairs(listed, (node) => [node.about]),
    partOf: pairs(listed, (node) => [node.partOf]),
    people: pairs(listed, (node) => [...(node.cast ?? []), ...(node.participants ?? [])].map(({ actor }) => actor)),
  };
  const backward = {
    about: reversed(pairs(all, (node) => node.citations.nodes)),
    partOf: reversed(pairs(all, (node) => node.parts?.nodes ?? [])),
    any: reversed(pairs(all, (node) => node.backlinks.nodes)),
  };
  const missing = (name: string, some: ReadonlySet<string>, from: ReadonlySet<string>): string[] =>
    [...some].filter((pair) => !from.has(pair)).map((pair) => `${name}: ${pair}`);
  return [
    ...missing('not cited', forward.about, backward.about),
    ...missing('cites nothing', backward.about, forward.about),
    ...missing('no part', forward.partOf, backward.partOf),
    ...missing('part of nothing', backward.partOf, forward.partOf),
    ...missing('not linked', forward.people, backward.any),
  ];
}

/** Compares what is answered as of each step with what was answered then; returns how many answers were the same. */
async function compare(room: TestNewsroom, steps: readonly Step[], ids: readonly string[]): Promise<number> {
  const now = await publicNow(room);
  const lastHiding = steps.findLastIndex(({ deed }) => deed.startsWith('HIDE'));
  let compared = 0;
  for (const [index, { deed, cursor, at, publicIds, answers }] of steps.entries()) {
    const isLastOfItsTime = steps[index + 1]?.at.getTime() !== at.getTime();
    for (const [look, { name, view, asker }] of LOOKS.entries())
      for (const asOf of [{ cursor }, ...(isLastOfItsTime && look === 0 ? [{ time: at.toISOString() }] : [])]) {
        const { nodes } = await asker(room).run(WHOLE_GRAPH, { ids, view, asOf });
        const then = answers[look] as unknown[];
        const place = `step ${index} (${deed}) in ${name}`;
        expect({ place, oneSided: findOneSided(nodes) }).toEqual({ place, oneSided: [] });
        if (index >= lastHiding && (view === 'LATEST' || isWithin(publicIds, now))) {
          compared += 1;
          expect({ place, nodes }).toEqual({ place, nodes: [...then, ...ids.slice(then.length).map(() => null)] });
        } else if (name.endsWith('anonymous')) {
          const told = new Set(JSON.stringify(nodes.filter(Boolean)).replace(NAMED_IN_TEXT, '').match(UUID) ?? []);
          const leaked = ids.filter((id) => told.has(id) && !(publicIds.has(id) && now.has(id)));
          expect({ place, leaked }).toEqual({ place, leaked: [] });
        }
      }
  }
  return compared;
}

describe('A newsroom with a history', () => {
  it.each([
    ['of writing, publishing, deleting and taking back', 20141205, { length: 36, least: 50 }],
    ['in which revisions were taken out of sight', 20141211, { length: 20, withHiding: true, least: 3 }],
    ['in which entries became one and parted again', 20150129, { length: 40, withMerging: true, least: 50 }],
    ['of merging and hiding', 20150128, { length: 30, withHiding: true, withMerging: true, least: 3 }],
  ])(
    '%s answers as of each of its steps exactly what it answered then',
    async (_, seed, { length, least, ...with_ }) => {
      let compared = 0;
      const property = fc.asyncProperty(deeds(length, with_), async (todo) => {
        const room = await openTestNewsroom();
        try {
          const ids: string[] = [];
          const steps = await live(room, todo, ids);
          compared += await compare(room, steps, ids);
          expect(await findBreaches(room.sql)).toEqual([]);
        } finally {
          await room.close();
        }
      });
      await fc.assert(property, {
        numRuns: 1,
        seed: seed,
        endOnFailure: true,
      });
      expect(compared).toBeGreaterThan(least);
    },
    120_000,
  );
});
