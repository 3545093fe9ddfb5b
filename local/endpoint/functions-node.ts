import type { Endpoint } from './endpoint.ts';

/** Says in one line which Node runs the deployed functions, because an emulator does not take the runtime of the template. */
export function functionsNode({ started }: Pick<Endpoint, 'started'>): string {
  return started
    ? `Functions run on this Node, ${process.versions.node}.`
    : "Functions run on the endpoint's own Node.";
}
