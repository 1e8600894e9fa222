import { buildProgram, type BuiltProgram } from './support/program';

jest.setTimeout(120_000);

let program: BuiltProgram;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.clear());

it('the bench fills a newsroom as the store writes one, gets the same answers from both servers, and measures', async () => {
  const sizes = { stories: 20, actors: 40, events: 50, claims: 20, documents: 40, citations: 100 };
  const given = Object.entries(sizes).flatMap(([name, count]) => [`--${name}`, String(count)]);
  const few = ['--seconds', '1', '--subscribers', '5', '--only', 'edit,feed-fan-out'];
  const bench = program.startBench([...given, ...few]);
  expect([await bench.ended, bench.stderr()]).toEqual([0, expect.any(String)]);
  for (const row of [/^\| edit +\| newsroom wiki/m, /^\| edit +\| bare Node/m, /^\| feed-fan-out \|/m])
    expect(bench.stdout()).toMatch(row);
});
