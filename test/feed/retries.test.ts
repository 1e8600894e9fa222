import { planRetry, readRetryAfter, RETRY_AFTER_MS } from '../../src/feed/retries';

const FAILURE = { attempt: 1, status: 500, retryAfterMs: null, failingMs: null };

describe('After an attempt that failed', () => {
  it('the next comes by the schedule, a fifth earlier or later', () => {
    for (const [index, wait] of RETRY_AFTER_MS.entries()) {
      const at = (random: number) => planRetry({ ...FAILURE, attempt: index + 1 }, random).retryInMs;
      expect([at(0), at(0.5), at(1)].map((ms) => Math.round(ms as number))).toEqual([wait * 0.8, wait, wait * 1.2]);
    }
    expect(planRetry({ ...FAILURE, attempt: 10 }, 0.5)).toEqual({ retryInMs: null, pauseMs: null });
  });

  it('a receiver is never called before it asked to be, and waited for a day at most', () => {
    expect(planRetry({ ...FAILURE, retryAfterMs: 60_000 }, 0)).toEqual({ retryInMs: 60_000, pauseMs: null });
    expect(planRetry({ ...FAILURE, attempt: 3, status: 429, retryAfterMs: 60_000 }, 0.5)).toEqual({
      retryInMs: 1_800_000,
      pauseMs: 60_000,
    });
    expect(planRetry({ ...FAILURE, status: 503, retryAfterMs: 10 ** 12 }, 0.5)).toEqual({
      retryInMs: 86_400_000,
      pauseMs: 86_400_000,
    });
  });

  it.each([429, 502, 503, 504])('of a receiver with too much to do (%i), it is left alone', (status) => {
    expect(planRetry({ ...FAILURE, status }, 0.5).pauseMs).toBe(5000);
  });

  it.each([301, 404, 410, 500])('otherwise (%p) other changes are sent all the same', (status) => {
    expect(planRetry({ ...FAILURE, status, failingMs: 3_600_000 }, 0.5).pauseMs).toBeNull();
  });

  it.each([
    [null, 0],
    [10_000, 5000],
    [120_000, 60_000],
    [86_400_000, 300_000],
  ])('of one that has not answered for %p ms, it is left alone for %p ms', (failingMs, pauseMs) => {
    expect(planRetry({ ...FAILURE, status: null, failingMs }, 0.5).pauseMs).toBe(pauseMs);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2015-10-21T07:28:00Z');
  it.each([
    ['0', 0],
    [' 120 ', 120_000],
    ['Wed, 21 Oct 2015 07:30:00 GMT', 120_000],
    ['Wed, 21 Oct 2015 07:00:00 GMT', 0],
    ['Wednesday, 21-Oct-15 07:29:00 GMT', 60_000],
    ['Wed Oct 21 07:29:00 2015 GMT', 60_000],
    ['Wed Oct 21 07:29:00 2015', 60_000],
    ['Fri Nov  6 07:28:00 2015', 1_382_400_000],
    ['99999999999', 99_999_999_999_000],
  ])('%p is %i ms', (header, ms) => expect(readRetryAfter(header, now)).toBe(ms));

  it.each([undefined, '', '-1', '1.5', '1e3', '2030-01-01', 'soon', 'Wed'])('%p is none', (header) =>
    expect(readRetryAfter(header, now)).toBeNull(),
  );
});
