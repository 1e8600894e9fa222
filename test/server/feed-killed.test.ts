import { type Call, type FeedFaults, judgeCalls, judgeStream, type Row, type Session } from '../../soak/feed-judge';
import { faultsOf } from '../../soak/feed-report';
import { type FeedReport, soakFeed } from '../../soak/feed-soak';
import { Patience } from '../../soak/patience';
import { findPorts } from '../../soak/ports';
import { SECRETS_KEY } from '../support/webhooks';
import { prepareSoak, type SoakGround } from '../support/soaking';

jest.setTimeout(600_000); // it gives up by itself where nothing moves any more

describe('Those who follow a server that is killed after every thirtieth act of the newsroom', () => {
  let ground: SoakGround;
  let report: FeedReport;
  beforeAll(async () => {
    ground = await prepareSoak();
    const [port] = await findPorts(1);
    const settings = { PORT: String(port), CHECKPOINT_MS: '200', SECRETS_KEY, WEBHOOKS_ALLOW_LOOPBACK: 'on' };
    report = await soakFeed({
      ...ground,
      rate: 40,
      seconds: 3,
      writers: 5,
      killEvery: { edits: 30 },
      hangs: 0,
      seed: 7,
      patience: 60,
      urls: [`http://127.0.0.1:${port}`],
      start: () => ground.start(settings),
    });
  });
  afterAll(() => ground.close());

  it('are cut off, and come back', () => {
    expect(report.kills).toBeGreaterThanOrEqual(3);
    for (const consumer of report.consumers) {
      expect(consumer.interruptions).toBeGreaterThan(0);
      expect(consumer.told).toBeGreaterThan(0);
    }
    expect(report.acts.done.size).toBeGreaterThan(8);
  });

  it('are told of everything that is for them, in order, of nothing else, and of nothing again that they kept', () => {
    expect(faultsOf(report).filter(([, found]) => found.length > 0)).toEqual([]);
  });
});

it('The soak gives up once nothing has come about for a minute, however long it takes in all', () => {
  jest.useFakeTimers();
  const patience = new Patience(60);
  for (let time = 0; time < 20; time++) {
    jest.advanceTimersByTime(59_000);
    expect(patience.isOver.aborted).toBe(false);
    patience.renew();
  }
  jest.advanceTimersByTime(60_000);
  expect(patience.isOver.reason).toEqual(new Error('Nothing has come about for 60 s.'));
  jest.useRealTimers();
});

const found = (faults: FeedFaults): string[] =>
  Object.entries(faults).flatMap(([name, lines]: [string, string[]]) => (lines.length > 0 ? [name] : []));

const row = (position: number, entry: string, kind: string, revision: number | null = 1): Row => ({
  position,
  entry,
  kind,
  revision,
  at: position * 1000,
  takesAway: kind === 'WITHDRAWN' || kind === 'DELETED',
});

describe('The comparison of what a consumer was told with the ledger', () => {
  // What is public of positions 11 to 20; the others are not for this consumer.
  const rows = [
    row(11, 'one', 'PUBLISHED'),
    row(13, 'two', 'PUBLISHED'),
    row(14, 'one', 'EDITED', 2),
    row(16, 'two', 'WITHDRAWN', null),
    row(18, 'one', 'EDITED', 3),
  ];
  const range = { from: 10, to: 20 };
  const tell = (position: number, late = 0) => {
    const { entry, kind, revision } = rows.find((each) => each.position === position) as Row;
    return { position, change: { entry, kind, revision }, at: position * 1000 + late };
  };
  const checkpoint = (position: number, late = 0) => ({ position, change: null, at: position * 1000 + late });
  const session = (after: number, ...items: Session['items']): Session => ({ after, items });
  const [first, second] = [
    session(10, checkpoint(10), tell(11), tell(13), tell(14)),
    session(14, checkpoint(14), tell(16), tell(18), checkpoint(20)),
  ];

  it('finds nothing where all is well, on one connection or on several', () => {
    const verdict = judgeStream(rows, rows, [first, second], range);
    expect(found(verdict.faults)).toEqual([]);
    expect(verdict).toMatchObject({ told: 5, again: 0, leftOut: 0 });
    expect(found(judgeStream(rows, rows, [session(10, ...first.items, ...second.items)], range).faults)).toEqual([]);
  });

  it('lets be told again what was not kept, and left out what was taken away before it was asked for', () => {
    const kept = session(11, tell(13), tell(14), tell(16), tell(18), checkpoint(20));
    expect(judgeStream(rows, rows, [first, kept], range)).toMatchObject({ told: 5, again: 2, leftOut: 0 });
    const late = session(10, tell(11, 9000), tell(14, 9000), tell(16, 9000), tell(18, 9000), checkpoint(20, 9000));
    const verdict = judgeStream(rows, rows, [late], range);
    expect(found(verdict.faults)).toEqual([]);
    expect(verdict).toMatchObject({ told: 4, leftOut: 1, slowestMs: 9000 });
    // Also where what took it away is not for this consumer.
    const others = rows.filter(({ position }) => position !== 16);
    const without = session(10, ...late.items.filter(({ position }) => position !== 16));
    expect(found(judgeStream(others, rows, [without], range).faults)).toEqual([]);
    expect(found(judgeStream(others, others, [without], range).faults)).toEqual(['lost']);
  });

  const { items } = second;
  const other = { entry: 'two', kind: 'EDITED', revision: 7 };
  it.each<[string, Session[], string[]]>([
    ['a change that was skipped', [first, session(14, tell(16), checkpoint(20))], ['lost']],
    [
      'a change that a checkpoint passed over',
      [session(10, checkpoint(11)), session(11, ...first.items.slice(2)), second],
      ['lost'],
    ],
    ['one left out before it was taken away', [session(10, tell(11), tell(14), ...items)], ['lost']],
    ['the end that never came', [first, session(14, tell(16))], ['lost']],
    ['nothing at all', [], ['lost']],
    ['a connection that began too late', [first, session(17, tell(18), checkpoint(20))], ['lost']],
    ['one that does not tell again what it was asked for', [first, session(11, tell(14), ...items)], ['lost']],
    [
      'a change of nobody’s',
      [first, session(14, { position: 15, change: other, at: 0 }, ...items.slice(1))],
      ['untold'],
    ],
    ['a draft to the public', [first, session(14, { ...tell(16), change: other }, ...items.slice(2))], ['untold']],
    [
      'another revision',
      [first, session(14, tell(16), { ...tell(18), change: { ...tell(18).change, revision: 4 } }, checkpoint(20))],
      ['untold'],
    ],
    ['two in the wrong order', [session(10, tell(13), tell(11), tell(14)), second], ['disorder']],
    [
      'a checkpoint that goes back',
      [first, session(14, tell(16), tell(18), checkpoint(17), checkpoint(20))],
      ['disorder'],
    ],
    [
      'one told twice on a connection',
      [first, session(14, tell(16), tell(16), tell(18), checkpoint(20))],
      ['repeated'],
    ],
    ['one told again that was kept', [first, session(14, tell(14), ...items.slice(1))], ['repeated']],
  ])('finds %s', (_, sessions, faults) => {
    expect(found(judgeStream(rows, rows, sessions, range).faults)).toEqual(faults);
  });
});

describe('The comparison of the calls of a webhook with the ledger', () => {
  const rows = [row(11, 'one', 'CREATED'), row(12, 'two', 'CREATED'), row(13, 'one', 'EDITED', 2)];
  const call = (position: number, change: Partial<Call> = {}): Call => {
    const { entry, kind, revision, at } = rows.find((each) => each.position === position) as Row;
    const told = { position, change: { entry, kind, revision }, at: at + 10 };
    return { ...told, id: `call-${position}`, answeredAt: at + 20, forged: null, ...change };
  };
  const [one, two, three] = [call(11), call(12), call(13)];

  it('finds nothing where all came, some in another order than entries have, or again after a refusal or a kill', () => {
    const calls = [two, one, { ...three, answeredAt: null }, three, { ...one, at: 20_000, answeredAt: 20_010 }];
    const verdict = judgeCalls(rows, rows, calls, [11_100]);
    expect(found(verdict.faults)).toEqual([]);
    expect(verdict).toMatchObject({ told: 3, again: 2, leftOut: 0, slowestMs: 20 });
  });

  it('finds more that came again than one kill can have left unnoted', () => {
    const many = Array.from({ length: 5 }, (_, nr) => row(20 + nr, `entry ${nr}`, 'CREATED'));
    const calls = many.map(({ position, entry, at }): Call => {
      const change = { entry, kind: 'CREATED', revision: 1 };
      return { position, change, at, id: `call-${position}`, answeredAt: at + 20, forged: null };
    });
    const again = calls.map((each) => ({ ...each, at: 40_000, answeredAt: 40_010 }));
    expect(found(judgeCalls(many, many, [...calls, ...again.slice(0, 4)], [24_500]).faults)).toEqual([]);
    expect(found(judgeCalls(many, many, [...calls, ...again], [24_500]).faults)).toEqual(['repeated']);
  });

  it.each<[string, Call[], string[]]>([
    ['one that never came', [one, two], ['lost']],
    ['one that was never acknowledged', [one, two, { ...three, answeredAt: null }], ['lost']],
    ['one that was acknowledged, and came again', [one, two, three, two], ['repeated']],
    ['what happened to an entry in the wrong order', [two, three, one], ['disorder']],
    ['a change of nobody’s', [one, two, three, call(12, { position: 14, id: 'other' })], ['untold']],
    ['a bad signature', [one, two, { ...three, forged: 'no matching signature' }], ['forged']],
    ['another id for the same change', [{ ...one, answeredAt: null }, two, three, { ...one, id: 'new' }], ['forged']],
    ['one id for two changes', [one, two, { ...three, id: 'call-11' }], ['forged']],
  ])('finds %s', (_, calls, faults) => {
    expect(found(judgeCalls(rows, rows, calls, []).faults)).toEqual(faults);
  });
});
