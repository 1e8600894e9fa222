import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something is so that tells nobody, however long the machine takes for it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const late = Date.now() + 30_000; !(await isSo()); await wait(10))
    if (Date.now() > late) throw new Error(`Waited in vain for ${isSo}`);
}
