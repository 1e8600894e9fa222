/** Hands a message over; settles once all that it began is over. */
type Receive = (text: string) => Promise<void>;

interface Operation {
  /** Whether its client wants no more of it. */
  isEnding: boolean;
  /** What is asked under its id once it is over. */
  next: string | null;
}

/**
 * Gives each id of a socket to one operation after another. graphql-ws forgets an id as soon as its client ends the operation,
 * whatever is still to come of it: one that is asked under the same id meanwhile would be told twice, or ended with the former.
 */
export class Turns {
  private readonly operations = new Map<string, Operation>();

  /** @param refuse is told of an id that is taken already. */
  constructor(
    private readonly receive: Receive,
    private readonly refuse: (id: string) => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  take(text: string): void {
    const { type, id } = read(text);
    const operation = id === undefined ? undefined : this.operations.get(id);
    if (id !== undefined && operation?.isEnding) this.wait(operation, { text, type, id });
    else {
      if (operation && type === 'complete') operation.isEnding = true;
      const isOver = this.receive(text).catch(this.fail);
      if (!operation && id !== undefined && type === 'subscribe') this.begin(id, isOver);
    }
  }

  private begin(id: string, isOver: Promise<void>): void {
    const operation: Operation = { isEnding: false, next: null };
    this.operations.set(id, operation);
    void isOver.then(() => {
      this.operations.delete(id);
      if (operation.next !== null) this.take(operation.next);
    });
  }

  private wait(operation: Operation, { text, type, id }: { text: string; type: unknown; id: string }): void {
    if (type === 'complete') operation.next = null;
    else if (type === 'subscribe' && operation.next !== null) this.refuse(id);
    else if (type === 'subscribe') operation.next = text;
  }
}

/** What is no message of the protocol is for graphql-ws to refuse. */
function read(text: string): { type?: unknown; id?: string } {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null) return {};
    const { type, id } = message as { type?: unknown; id?: unknown };
    return { type, id: typeof id === 'string' ? id : undefined };
  } catch {
    return {};
  }
}
