import * as fc from 'fast-check';
import { parse } from 'edtf';
import { parseEdtf, type ParsedDate } from '../../src/rules/dates';

/** A date in as few words as it takes: 2014-12-01, or with its time where that is not midnight. */
const short = (date: Date | null): string | null =>
  date === null ? null : date.toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z');

function read(text: string): ParsedDate {
  const result = parseEdtf(text);
  if (!result.ok) throw new Error(result.reason);
  return result.date;
}

const bounds = (text: string): [string | null, string | null] => {
  const { earliest, latest } = read(text);
  return [short(earliest), short(latest)];
};

function reasonAgainst(text: string): string {
  const result = parseEdtf(text);
  if (result.ok) throw new Error(`${text} was read as ${JSON.stringify(result.date)}`);
  return result.reason;
}

describe('the bounds of a date', () => {
  it.each([
    ['2014-12-05', '2014-12-05', '2014-12-06'],
    ['2012-02-29', '2012-02-29', '2012-03-01'],
    ['2000-02-29', '2000-02-29', '2000-03-01'],
    ['2014-12-31', '2014-12-31', '2015-01-01'],
    ['2014-12', '2014-12-01', '2015-01-01'],
    ['2014-02', '2014-02-01', '2014-03-01'],
    ['2014', '2014-01-01', '2015-01-01'],
    ['0001', '0001-01-01', '0002-01-01'],
    ['0099-12-31', '0099-12-31', '0100-01-01'],
  ])('of %s are the whole day, month or year', (text, earliest, latest) => {
    expect(bounds(text)).toEqual([earliest, latest]);
  });

  it.each([
    ['2014-21', '2014-03-01', '2014-06-01'],
    ['2014-22', '2014-06-01', '2014-09-01'],
    ['2014-23', '2014-09-01', '2014-12-01'],
    ['2014-24', '2014-12-01', '2015-03-01'],
    ['2014-24~', '2014-12-01', '2015-03-01'],
  ])('of the season %s are three months of the north', (text, earliest, latest) => {
    expect(bounds(text)).toEqual([earliest, latest]);
  });

  it.each([
    ['2014-12-05T10:30:00Z', '2014-12-05T10:30:00Z', '2014-12-05T10:30:01Z'],
    ['2014-12-05T23:59:59Z', '2014-12-05T23:59:59Z', '2014-12-06'],
    ['2014-12-05T10:30:00', '2014-12-05T10:30:00Z', '2014-12-05T10:30:01Z'],
    ['2014-12-05T22:00:00-04:30', '2014-12-06T02:30:00Z', '2014-12-06T02:30:01Z'],
    ['2014-12-05T01:00:00+02', '2014-12-04T23:00:00Z', '2014-12-04T23:00:01Z'],
    ['2014-12-05T01:00:00+0530', '2014-12-04T19:30:00Z', '2014-12-04T19:30:01Z'],
  ])('of %s are that second in UTC', (text, earliest, latest) => {
    expect(bounds(text)).toEqual([earliest, latest]);
  });

  it('do not depend on where the server stands', () => {
    const zone = jest.spyOn(Date.prototype, 'getTimezoneOffset').mockReturnValue(270);
    expect(parse('2014-12-05T11:11:11').offset).toBe(-270);
    expect(bounds('2014-12-05T11:11:11')).toEqual(['2014-12-05T11:11:11Z', '2014-12-05T11:11:12Z']);
    expect(bounds('2014-11')).toEqual(['2014-11-01', '2014-12-01']);
    zone.mockRestore();
  });

  it.each([
    ['201X', '2010-01-01', '2020-01-01'],
    ['19XX', '1900-01-01', '2000-01-01'],
    ['2014-XX', '2014-01-01', '2015-01-01'],
    ['2014-12-XX', '2014-12-01', '2015-01-01'],
    ['2014-XX-XX', '2014-01-01', '2015-01-01'],
    ['000X', '0001-01-01', '0010-01-01'],
  ])('of %s are the widest that X can mean', (text, earliest, latest) => {
    expect(bounds(text)).toEqual([earliest, latest]);
  });

  it.each([
    ['2014-11/2014-12', '2014-11-01', '2015-01-01'],
    ['2014-12/2014', '2014-12-01', '2015-01-01'],
    ['2014/2014-01', '2014-01-01', '2014-02-01'],
    ['2014-12-05/2014-12-05', '2014-12-05', '2014-12-06'],
    ['2019-01/..', '2019-01-01', null],
    ['2019-01/', '2019-01-01', null],
    ['../2019-01', null, '2019-02-01'],
    ['/2019-01', null, '2019-02-01'],
    ['/..', null, null],
    ['201X/2021-XX', '2010-01-01', '2022-01-01'],
    ['2014-22/2014-24?', '2014-06-01', '2015-03-01'],
    ['2014-23/..', '2014-09-01', null],
    ['2014-12-05T10:00:00Z/2014-12-05T11:00:00Z', '2014-12-05T10:00:00Z', '2014-12-05T11:00:01Z'],
    ['2014-12-05/2014-12-06T11:00:00+02:00', '2014-12-05', '2014-12-06T09:00:01Z'],
  ])('of the interval %s go from the earliest start to the latest end', (text, earliest, latest) => {
    expect(bounds(text)).toEqual([earliest, latest]);
  });

  it.each([
    ['[2008,2014]', '2008-01-01', '2015-01-01'],
    ['[2014,2008]', '2008-01-01', '2015-01-01'],
    ['[1667..1672]', '1667-01-01', '1673-01-01'],
    ['{1960..1965}', '1960-01-01', '1966-01-01'],
    ['[1667,1668,1670..1672]', '1667-01-01', '1673-01-01'],
    ['{2014-06,2014-12-05}', '2014-06-01', '2014-12-06'],
    ['[201X,2025]', '2010-01-01', '2026-01-01'],
    ['[..2014]', null, '2015-01-01'],
    ['{2014..}', '2014-01-01', null],
    ['{..1983-12-31,1984-10-10..1984-11-01,1984-11-05..}', null, null],
    ['[2016,2014..]', '2014-01-01', null],
  ])('of the set %s span its members', (text, earliest, latest) => {
    expect(bounds(text)).toEqual([earliest, latest]);
  });

  it.each(['9999', '9999-12', '9999-12-31', '9999-24', '99XX', '9999-12-31T23:59:59Z'])(
    'of %s end before year 10000',
    (text) => {
      expect(read(text).latest?.toISOString()).toBe('9999-12-31T23:59:59.999Z');
    },
  );
});

describe('the marks of a date', () => {
  it.each([
    ['2014-12', false, false],
    ['2014-12?', true, false],
    ['2008~', false, true],
    ['2014-12-05%', true, true],
    ['2014-21?', true, false],
    ['2014?/2015~', true, true],
    ['../2015~', false, true],
    ['[2014-06,2014-12?]', true, false],
    ['{2014..2015%}', true, true],
  ])('%s', (text, uncertain, approximate) => {
    expect(read(text)).toMatchObject({ uncertain, approximate });
  });
});

describe('the canonical form', () => {
  it.each([
    ['2014-12-05T10:00:00', '2014-12-05T10:00:00Z'],
    ['2014-12-05T10:00:00+00:00', '2014-12-05T10:00:00Z'],
    ['2014-12-05T10:00:00+02', '2014-12-05T10:00:00+02:00'],
    ['2014-12-05T10:00:00-0430', '2014-12-05T10:00:00-04:30'],
    ['2014-12-05T10:00:00/..', '2014-12-05T10:00:00Z/..'],
    ['[2014,2008,2014]', '[2008,2014]'],
    ['[2016,2015,2014..]', '[2015,2016,2014..]'],
    ['[..2016,2015,2014]', '[..2016,2014,2015]'],
    ['{2014-12,2014}', '{2014,2014-12}'],
    ['[2014]', '2014'],
    ['{2014-12?,2014-12?}', '2014-12?'],
    ['[2014..]', '[2014..]'],
    ['2014/', '2014/'],
  ])('of %s is %s', (text, canonical) => {
    expect(read(text).edtf).toBe(canonical);
  });
});

describe('what is no date', () => {
  it.each([
    ['', 'The date is empty.'],
    ['2014-02-30', 'There is no day 2014-02-30.'],
    ['2014-02-29', 'There is no day 2014-02-29.'],
    ['1900-02-29', 'There is no day 1900-02-29.'],
    ['2014-12-00', 'There is no day 2014-12-00.'],
    ['2014-02-29T10:00:00Z', 'In "2014-02-29T10:00:00Z" there is no day 2014-02-29.'],
    ['2014-13', 'a month is one of 01 to 12'],
    ['2014-00', 'a month is one of 01 to 12'],
    ['2014-25', 'a season one of 21 to 24'],
    ['2014-41', 'a season one of 21 to 24'],
    [' 2014', 'white space'],
    ['2014\n', 'white space'],
    ['[2008, 2014]', 'white space'],
    ['201x', 'lower-case'],
    ['2014-12-05t10:00:00z', 'lower-case'],
    ['december', 'lower-case'],
    ['2014-12-05T24:00:00Z', '00:00:00 of the next'],
    ['2014-12-05T10:60:00Z', 'is not a date in EDTF'],
    ['2014-12-05T25:00:00Z', 'is not a date in EDTF'],
    ['2014-12-05T10:00:60Z', 'leap second'],
    ['2014-12-05T10:00Z', 'hours, minutes and seconds'],
    ['2014-12-05T10', 'hours, minutes and seconds'],
    ['2014-12-05T10:00:00.123Z', 'down to the second'],
    ['2014-12-05T10:00:00+15:00', 'is not a date in EDTF'],
    ['2014-12-05T10:00:00Z?', 'takes no ?, ~ or %'],
    ['201X~', 'takes no ?, ~ or %'],
    ['2014?-12', 'end of a whole date'],
    ['?2014', 'end of a whole date'],
    ['2014?~', '% says both'],
    ['XXXX', 'X stands for'],
    ['2XXX', 'X stands for'],
    ['201X-12', 'X stands for'],
    ['2014-XX-12', 'X stands for'],
    ['2014-12-3X', 'X stands for'],
    ['201X-21', 'X stands for'],
    ['Y170000002', '0001 to 9999'],
    ['Y17E8', '0001 to 9999'],
    ['1950S2', '0001 to 9999'],
    ['0000', '0001 to 9999'],
    ['-0001', '0001 to 9999'],
    ['10000', '0001 to 9999'],
    ['20141205', '0001 to 9999'],
    ['0001-01-01T00:00:00+01:00', 'In UTC the year of'],
    ['9999-12-31T23:59:59-01:00', 'In UTC the year of'],
    ['20', 'such as 201X or 20XX'],
    ['201', 'such as 201X or 20XX'],
    ['2014-W10', 'is not a date in EDTF'],
    ['2014-060', 'is not a date in EDTF'],
    ['..', 'is not a date in EDTF'],
    ['２０１４', 'is not a date in EDTF'],
    ['٢٠١٤', 'is not a date in EDTF'],
  ])('%j is refused: %s', (text, reason) => {
    expect(reasonAgainst(text)).toContain(reason);
  });

  it.each([
    ['2014-12/2014-01', 'the end is before the start'],
    ['2014-12-05T10:00:00Z/2014-12-05T11:00:00+02:00', 'the end is before the start'],
    ['[2015..2014]', 'the end is before the start'],
    ['2014/2015/2016', 'more than one /'],
    ['2014/-0001', '0001 to 9999'],
    ['2014/2015-02-29', 'There is no day 2015-02-29.'],
    ['[]', 'has a gap'],
    ['[2014,]', 'has a gap'],
    ['{..}', 'has a gap'],
    ['[..2014..]', 'has a gap'],
    ['[2014,..2010]', 'can only stand first'],
    ['[2014..,2016]', 'can only stand last'],
    ['[2014-21,2015]', 'no seasons or times'],
    ['[2014-12-05T10:00:00Z,2015]', 'no seasons or times'],
    ['[2014/2015]', 'is not a date in EDTF'],
    ['[2014}', 'is not a date in EDTF'],
    ['[[2014]]', 'is not a date in EDTF'],
  ])('%j is refused: %s', (text, reason) => {
    expect(reasonAgainst(text)).toContain(reason);
  });

  it('is refused by its length before it is read', () => {
    expect(reasonAgainst('2'.repeat(101))).toBe('The date has 101 characters; at most 100 are allowed.');
    expect(reasonAgainst('['.repeat(1_000_000))).toContain('1000000 characters');
  });

  it('is shown without what could turn the message round', () => {
    expect(reasonAgainst('2014\u202e')).toContain('"2014<U+202E>"');
    expect(reasonAgainst('\ud800')).toContain('"<U+D800>"');
  });
});

const pad = (n: number, length: number): string => String(n).padStart(length, '0');
const year = fc.integer({ min: 1, max: 9999 }).map((n) => pad(n, 4));
const month = fc.integer({ min: 1, max: 12 }).map((n) => pad(n, 2));
const instant = fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
const day = instant.map((date) => date.toISOString().slice(0, 10));
const mark = fc.constantFrom('', '', '?', '~', '%');
const plain = fc.oneof(
  fc.tuple(year, mark).map((parts) => parts.join('')),
  fc.tuple(year, month, mark).map(([y, m, q]) => `${y}-${m}${q}`),
  fc.tuple(day, mark).map((parts) => parts.join('')),
  year.map((y) => `${y.slice(0, 3)}X`),
  fc.tuple(year, month).map(([y, m]) => `${y}-${m}-XX`),
);
const single = fc.oneof(
  plain,
  fc.tuple(year, fc.constantFrom('-21', '-22', '-23', '-24'), mark).map((parts) => parts.join('')),
  fc
    .tuple(instant, fc.constantFrom('', 'Z', '+00:00', '-04:30', '+14:00', '+02', '-0800'))
    .map(([date, zone]) => date.toISOString().slice(0, 19) + zone),
);
const end = fc.oneof(single, fc.constantFrom('', '..'));
const edtf = fc.oneof(
  single,
  fc.tuple(end, end).map((ends) => ends.join('/')),
  fc
    .tuple(
      fc.constantFrom('', '..'),
      fc.array(
        fc.oneof(
          plain,
          fc.tuple(plain, plain).map((ends) => ends.toSorted().join('..')),
        ),
        {
          minLength: 1,
          maxLength: 5,
        },
      ),
      fc.constantFrom('', '..'),
    )
    .map(([before, members, after]) => `[${before}${members.join(',')}${after}]`),
);

describe('whatever is written', () => {
  it('is read or refused with a reason, and never throws', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({ unit: fc.constantFrom(...'0123456789X-/.,?~%[]{}TZ:+YES '), maxLength: 40 }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const result = parseEdtf(text);
        expect(result.ok ? result.date.edtf : result.reason).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  it('has its earliest before its latest, within the years 0001 to 9999', () => {
    fc.assert(
      fc.property(edtf, (text) => {
        const result = parseEdtf(text);
        fc.pre(result.ok);
        const { earliest, latest } = result.date;
        for (const bound of [earliest, latest]) expect(bound?.toISOString() ?? '1999-').toMatch(/^\d{4}-/);
        if (earliest !== null && latest !== null) expect(earliest.getTime()).toBeLessThan(latest.getTime());
      }),
      { numRuns: 1_000 },
    );
  });

  it('has a canonical form that says the same and is its own', () => {
    fc.assert(
      fc.property(edtf, (text) => {
        const result = parseEdtf(text);
        fc.pre(result.ok);
        expect(read(result.date.edtf)).toEqual(result.date);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read when it is one date of ours', () => {
    fc.assert(fc.property(single, (text) => parseEdtf(text).ok));
  });

  it('holds the instant that its day, month and year hold', () => {
    fc.assert(
      fc.property(instant, (date) => {
        const text = date.toISOString();
        for (const length of [4, 7, 10, 19]) {
          const { earliest, latest } = read(text.slice(0, length));
          expect(earliest !== null && earliest <= date && latest !== null && date < latest).toBe(true);
        }
      }),
    );
  });

  it('is remembered, but not for ever', () => {
    const first = parseEdtf('1234-05-06');
    expect(parseEdtf('1234-05-06')).toBe(first);
    for (let n = 0; n < 2_000; n += 1) parseEdtf(`date ${n}`);
    expect(parseEdtf('1234-05-06')).not.toBe(first);
    expect(parseEdtf('1234-05-06')).toEqual(first);
  });
});
