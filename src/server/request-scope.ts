import { type Newsroom, Scope } from '../store/scope';
import { authenticate } from './authenticate';

/** The scope of an HTTP request: knows how to find out who sends it. */
export class RequestScope extends Scope {
  private isSignedIn = false;

  constructor(
    newsroom: Newsroom,
    private readonly authorization: string | undefined,
    private readonly onBackgroundError: (error: unknown) => void,
  ) {
    super(newsroom);
  }

  /**
   * Finds out who asks, once.
   *
   * @throws WikiError UNAUTHENTICATED
   */
  async signIn(): Promise<void> {
    if (this.isSignedIn) return;
    this.viewer = await authenticate(this.authorization, this.run, (work) => {
      work(this.newsroom.database.run).catch(this.onBackgroundError);
    });
    this.isSignedIn = true;
  }
}
