import { Presets, SingleBar } from 'cli-progress';

/** Something that takes its time and tells how far it is. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 10_000;

/** Writes a line to standard error, where it is in nobody's way. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** A bar on a terminal; elsewhere a line now and then. */
export function startProgress(what: string, total: number): Progress {
  if (process.stderr.isTTY) {
    const bar = new SingleBar(
      { format: `${what} {bar} {percentage} % | {value}/{total} | {eta_formatted} left`, hideCursor: true },
      Presets.shades_classic,
    );
    bar.start(total, 0);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  }
  const started = Date.now();
  let told = started;
  tell(`${what} …`);
  return {
    update: (done) => {
      if (Date.now() - told < LINE_EVERY_MS) return;
      told = Date.now();
      tell(`${what}: ${Math.floor((100 * done) / total)} % after ${Math.round((told - started) / 1000)} s`);
    },
    stop: () => undefined,
  };
}
