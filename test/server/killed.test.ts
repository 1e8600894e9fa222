import { type Acknowledged, type Faults, judge, type RevisionSeen } from '../../bench/judge';
import { faultsOf } from '../../soak/report';
import { type SoakReport, soakEdits } from '../../soak/soak';
import { prepareSoak, type SoakGround } from '../support/soaking';

jest.setTimeout(120_000);

describe('Six editors of three stories, whose server is killed after every thirty-fifth edit', () => {
  let ground: SoakGround;
  let report: SoakReport;
  beforeAll(async () => {
    ground = await prepareSoak();
    report = await soakEdits({
      ...ground,
      editors: 6,
      edits: 120,
      entries: 3,
      servers: 1,
      seed: 7,
      killEvery: { edits: 35 },
      minutes: 1,
    });
  });
  afterAll(() => ground.close());

  it('all get in what they wrote, however often they have to send it', () => {
    expect(report.told.edits).toHaveLength(120);
    expect(report.kills).toBeGreaterThanOrEqual(3);
    expect(report.troubles.lost).toBeGreaterThan(0);
    expect(report.told.repeated).toBeGreaterThan(0);
    expect(new Set(report.told.edits.map(({ outcome }) => outcome))).toEqual(new Set(['SAVED', 'MERGED']));
  });

  it('find everything they were told of in the history, once, in its place, with its text, and nothing else', () => {
    expect(faultsOf(report).filter(([, found]) => found.length > 0)).toEqual([]);
  });
});

describe('The comparison of what editors were told with the history', () => {
  const edit = (number: number, mark: string, place: string): Acknowledged => ({
    entry: 'one',
    number,
    outcome: 'SAVED',
    key: `edit ${number}`,
    author: 'ann',
    puts: [{ place, mark }],
  });
  const edits = [edit(2, 'a', 'headline'), edit(3, 'b', 'note'), edit(4, 'c', 'headline')];
  const revision = (number: number, marks: readonly string[]): RevisionSeen => ({
    entry: 'one',
    number,
    parent: number === 1 ? null : number - 1,
    author: 'ann',
    summary: number === 1 ? null : `edit ${number}`,
    marks: new Set(marks),
  });
  const history = [revision(1, []), revision(2, ['a']), revision(3, ['a', 'b']), revision(4, ['b', 'c'])];
  const changed = (number: number, change: Partial<RevisionSeen>): RevisionSeen[] =>
    history.map((one) => (one.number === number ? { ...one, ...change } : one));

  const found = (faults: Faults): string[] =>
    Object.entries(faults).flatMap(([name, lines]: [string, string[]]) => (lines.length > 0 ? [name] : []));

  it('finds nothing where all is well', () => {
    expect(found(judge(edits, history))).toEqual([]);
  });

  it.each<[string, RevisionSeen[], string[]]>([
    ['an edit that is not there', changed(4, { summary: null }), ['lost', 'unheard']],
    ['an edit under another name', changed(4, { author: 'bob' }), ['lost']],
    [
      'an edit that is there twice',
      [...history, { ...revision(5, ['b', 'c']), summary: 'edit 4' }],
      ['doubled', 'unheard'],
    ],
    ['a number left out', changed(4, { number: 5, parent: 4 }), ['lost', 'gaps', 'unheard', 'vanished', 'returned']],
    ['a parent further down', changed(4, { parent: 2 }), ['wrongParents']],
    ['a revision of nobody’s', [...history, { ...revision(5, ['b', 'c']), summary: 'other' }], ['unheard']],
    ['text that was not taken along', changed(3, { marks: new Set(['a']) }), ['absent']],
    ['text of others that an edit undid', changed(4, { marks: new Set(['c']) }), ['vanished']],
    ['text that an edit brought back', changed(4, { marks: new Set(['a', 'b', 'c']) }), ['returned']],
  ])('finds %s', (_, seen, faults) => {
    expect(found(judge(edits, seen)).toSorted()).toEqual(faults.toSorted());
  });

  it('finds two edits that were told the same revision', () => {
    const told = [...edits, { ...edit(4, 'd', 'topic'), key: 'edit 5' }];
    expect(found(judge(told, history))).toEqual(['lost', 'doubled', 'absent']);
  });
});
