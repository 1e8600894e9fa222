import { WikiError } from '../base/errors';
import type { Viewer } from '../store/scope';
import { type Hub, isTransient } from './hub';
import type { Rendering, Renderings } from './renderings';
import type { Source, Step } from './sources';
import type { Seat } from './standings';

/** What somebody asks to be told, and how it is told. */
export interface Question {
  /** The same for all who are told the same, but for what depends on who they are: those of one role and one question. */
  readonly audience: string;
  /** Whether it depends on who asks, as far as is known: once it did, it is not tried for all again. */
  isPersonal: boolean;
  readonly source: Source;
  /** @throws WikiError SERVICE_UNAVAILABLE, TIMEOUT where it can be tried again. */
  render(step: Step, viewer: Viewer | null): Promise<Rendering>;
}

/** Where messages go. */
export interface Outlet {
  /** Ends the telling where it is aborted: the connection is gone, or nobody listens any more. */
  readonly signal: AbortSignal;
  /** Whether so much is on its way that nothing more is made until some of it has been read. */
  readonly isFull: boolean;
  untilRead(): Promise<void>;
  write(bytes: Buffer): void;
}

/** Steps that are made at once, and then written together: what many are told at once is not waited for one by one. */
const AT_ONCE = 8;

const roleOf = (viewer: Viewer | null): string => viewer?.role ?? 'anonymous';

/**
 * Tells a subscriber what they asked for, step by step, as fast as they take it. Their rights are those of the moment: where their
 * role changes, what they asked is asked anew from where they are, and refused if it is not for them any more.
 *
 * @param ask asks with the rights of now, from after a position (null: as it was asked at first).
 * @throws WikiError what `ask` refuses; and what `render` does for good.
 */
export async function tell(
  hub: Hub,
  seat: Seat,
  first: Question,
  ask: (after: bigint | null) => Promise<Question>,
  outlet: Outlet,
  renderings: Renderings,
): Promise<void> {
  let question = first;
  let { viewer } = seat;
  let told: bigint | null = null;
  const state = { isOver: outlet.signal.aborted };
  const leave = (): void => {
    state.isOver = true;
    question.source.leave();
  };
  outlet.signal.addEventListener('abort', leave, { once: true });
  try {
    while (!state.isOver) {
      if (seat.viewer !== viewer) {
        ({ viewer } = seat);
        question.source.leave();
        question = await askUntilAnswered(hub, outlet, () => ask(told));
      }
      const steps = await question.source.next();
      for (let done = 0; done < steps.length && !state.isOver;) {
        if (outlet.isFull) await outlet.untilRead();
        const some = steps.slice(done, done + AT_ONCE);
        // What was made for another is there at once; a thousand subscribers wait for nothing a thousand times.
        const made =
          findMade(renderings, question, some, viewer) ??
          (await doUntilDone(hub, outlet, () => makeAll(renderings, question, some, viewer)));
        if (state.isOver || seat.isLost || seat.viewer !== viewer || made === null) break;
        if (told !== null && question.source.isStale(told)) break;
        for (const [index, { bytes }] of made.entries()) {
          // Nothing that was made waits for a reader: it is made anew once there is room.
          if (state.isOver || (index > 0 && outlet.isFull)) break;
          outlet.write(bytes);
          told = (some[index] as Step).position;
          done += 1;
        }
      }
    }
  } finally {
    outlet.signal.removeEventListener('abort', leave);
    leave();
  }
}

const keyOf = (question: Question, step: Step, viewer: Viewer | null): string =>
  `${roleOf(viewer)} ${question.audience} ${step.key}`;

/** What steps have become already for somebody of the same class; null where one of them has not. */
function findMade(
  renderings: Renderings,
  question: Question,
  steps: readonly Step[],
  viewer: Viewer | null,
): Rendering[] | null {
  if (question.isPersonal && viewer) return null;
  const found: Rendering[] = [];
  for (const step of steps) {
    const rendering = renderings.find(keyOf(question, step, viewer));
    if (!rendering || rendering.isPersonal) return null;
    found.push(rendering);
  }
  return found;
}

const makeAll = (
  renderings: Renderings,
  question: Question,
  steps: readonly Step[],
  viewer: Viewer | null,
): Promise<Rendering[]> => Promise.all(steps.map((step) => make(renderings, question, step, viewer)));

/** Made for one, told to all of the class, unless it turned out to be for that one only. */
async function make(renderings: Renderings, question: Question, step: Step, viewer: Viewer | null): Promise<Rendering> {
  const makeOwn = (): Promise<Rendering> => question.render(step, viewer);
  if (question.isPersonal && viewer) return makeOwn();
  let isOwn = false;
  const rendering = await renderings.get(keyOf(question, step, viewer), () => {
    isOwn = true;
    return makeOwn();
  });
  if (!rendering.isPersonal) return rendering;
  question.isPersonal = true;
  return isOwn ? rendering : makeOwn();
}

/** What fails because the database is away is done when it is back; null where nobody waits for it any more. */
async function doUntilDone<Done>(hub: Hub, outlet: Outlet, work: () => Promise<Done>): Promise<Done | null> {
  while (!outlet.signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      hub.onError(error);
      await hub.pause();
    }
  }
  return null;
}

async function askUntilAnswered(hub: Hub, outlet: Outlet, ask: () => Promise<Question>): Promise<Question> {
  const answer = await doUntilDone(hub, outlet, ask);
  if (answer) return answer;
  throw new WikiError('SERVICE_UNAVAILABLE', 'The connection has ended.');
}
