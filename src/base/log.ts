import pino, { type Logger } from 'pino';

export type Log = Logger;

/** One JSON object a line on standard output. Never variables, never tokens: what people wrote is not for logs. */
export const makeLog = (level: string): Log =>
  pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
