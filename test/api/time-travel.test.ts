import * as fc from 'fast-check';
import type { Asker } from '../support/newsroom';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type Deed, deeds, everySixth, History, WHOLE_GRAPH } from '../support/histories';

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

const publicNow = async (room: TestNewsroom): Promise<Set<string>> =>
  new Set((await room.sql(`select entry from shown where view = 'PUBLISHED'`)).map((row) => row.entry));

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

describe('A newsroom with a history', () => {
  it('answers as of each of its steps exactly what it answered then', async () => {
    let compared = 0;
    const property = fc.asyncProperty(deeds(24), async (todo) => {
      const room = await openTestNewsroom();
      try {
        const ids: string[] = [];
        const steps = await live(room, todo, ids);
        const now = await publicNow(room);
        if (process.env.RUNS)
          console.log(steps.map((step) => `${step.deed} ${isWithin(step.publicIds, now)}`).join('\n'));
        for (const [index, { deed, cursor, at, publicIds, answers }] of steps.entries()) {
          const isLastOfItsTime = steps[index + 1]?.at.getTime() !== at.getTime();
          for (const [look, { name, view, asker }] of LOOKS.entries())
            for (const asOf of [{ cursor }, ...(isLastOfItsTime && look === 0 ? [{ time: at.toISOString() }] : [])]) {
              const { nodes } = await asker(room).run(WHOLE_GRAPH, { ids, view, asOf });
              const then = answers[look] as unknown[];
              const place = `step ${index} (${deed}) in ${name}`;
              if (view === 'LATEST' || isWithin(publicIds, now)) {
                compared += 1;
                expect({ place, nodes }).toEqual({
                  place,
                  nodes: [...then, ...ids.slice(then.length).map(() => null)],
                });
              } else if (name.endsWith('anonymous')) {
                const told = new Set(
                  JSON.stringify(nodes.filter(Boolean)).replace(NAMED_IN_TEXT, '').match(UUID) ?? [],
                );
                const leaked = ids.filter((id) => told.has(id) && !(publicIds.has(id) && now.has(id)));
                expect({ place, leaked }).toEqual({ place, leaked: [] });
              }
            }
        }
      } finally {
        await room.close();
      }
    });
    await fc.assert(property, {
      numRuns: Number(process.env.RUNS ?? 2),
      seed: Number(process.env.SEED ?? 20141205),
      endOnFailure: true,
    });
    expect(compared).toBeGreaterThan(100);
  }, 900_000);
});
