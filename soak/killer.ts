import type { Servers } from './servers';

/** When a server is killed: so many seconds after the last one was started again, or after so many acknowledged edits. */
export type KillEvery = { readonly seconds: number } | { readonly edits: number };

/** Kills servers in turn. */
export interface Killer {
  onAcknowledged(): void;
  /** Kills none any more, and lets the last one start again; rejects where one did not. */
  stop(): Promise<void>;
}

/** Kills a server whenever it is time, until told to stop. */
export function makeKiller(servers: Servers, killEvery: KillEvery): Killer {
  let isOver = false;
  let killing: Promise<void> = Promise.resolve();
  const kill = (): Promise<void> => (killing = killing.then(() => (isOver ? undefined : servers.killNext())));
  let timer: NodeJS.Timeout | undefined;
  let [acknowledged, seconds] = [0, 0];
  if ('seconds' in killEvery) {
    ({ seconds } = killEvery);
    const setTimer = (): void => {
      timer = setTimeout(() => void kill().then(setTimer, () => undefined), seconds * 1000);
    };
    setTimer();
  }
  return {
    onAcknowledged: () => {
      acknowledged += 1;
      if ('edits' in killEvery && acknowledged % killEvery.edits === 0) kill().catch(() => undefined); // told by `stop`
    },
    stop: async () => {
      isOver = true;
      clearTimeout(timer);
      await killing;
      clearTimeout(timer);
    },
  };
}
