/** How long work kept the processor busy, in ms: the process's own time, for others may keep it waiting. */
export function busyMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
