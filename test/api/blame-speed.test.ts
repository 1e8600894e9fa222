import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { addRevisions, LongBody } from '../support/long-history';

const REVISIONS = 1000;
const BODY = 50_000;

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const BLAME = `query ($id: ID!) { story(id: $id, view: LATEST) { body blame(path: "/body") { text revision { number } } } }`;

interface Segment {
  text: string;
  revision: { number: number };
}

describe('a body of 50 kB that was edited 1,000 times', () => {
  it.each([
    ['a sentence or two at a time', (body: LongBody) => body.editSentences()],
    [
      'with paragraphs moved, taken out and put back',
      (body: LongBody) => {
        body.editParagraphs();
        body.editSentences();
      },
    ],
  ])(
    'is told in seconds, while others have their turns: %s',
    async (name, edit) => {
      const body = new LongBody(BODY);
      const story = await room.make.story({ body: body.text() });
      const bodies = Array.from({ length: REVISIONS - 1 }, () => {
        edit(body);
        return body.text();
      });
      await addRevisions(room, story.id, bodies);
      const runs: { took: number; busy: number; held: number; statements: number }[] = [];
      let segments: Segment[] = [];
      for (let run = 0; run < 3; run++) {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        const [start, cpu] = [performance.now(), process.cpuUsage()];
        const { data, statements } = await room.as('EDITOR').statementsOf(BLAME, { id: story.id });
        const took = performance.now() - start;
        const { user, system } = process.cpuUsage(cpu);
        delay.disable();
        runs.push({ took, busy: (user + system) / 1e3, held: delay.max / 1e6, statements });
        segments = data.story.blame;
        expect(segments.map(({ text }) => text).join('')).toBe(data.story.body);
      }
      if (process.env.SHOW_FIGURES) process.stdout.write(`${name}: ${segments.length} parts ${JSON.stringify(runs)}\n`);
      expect(new Set(segments.map(({ revision }) => revision.number)).size).toBeGreaterThan(100);
      expect(Math.min(...runs.map(({ took }) => took))).toBeLessThan(3000);
      expect(Math.min(...runs.map(({ held }) => held))).toBeLessThan(250);
      expect(runs[0]?.statements).toBeLessThan(30);
    },
    60_000,
  );
});
