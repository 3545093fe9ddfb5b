import { OrderOnceError } from '../contract/errors.ts';

/** A tool that a command needs is missing and cannot be installed. */
export class ToolError extends OrderOnceError {
  constructor(message: string, options?: ErrorOptions) {
    super('TOOL', message, options);
  }
}

/** The endpoint cannot be started, does not answer, or ended unexpectedly. */
export class EndpointError extends OrderOnceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ENDPOINT', message, options);
  }
}

/** The stack was not deployed, or not destroyed. */
export class DeploymentError extends OrderOnceError {
  constructor(message: string, options?: ErrorOptions) {
    super('DEPLOYMENT', message, options);
  }
}
