import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { containerHost } from '../../../local/endpoint/function-host.ts';

const root = join(__dirname, '../../..');
const { services } = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'));
const { image, ports, environment, extra_hosts, healthcheck, network_mode } = services.localstack;
const source = readFileSync(join(root, 'local/localstack/start-localstack.ts'), 'utf8');

describe('compose.yaml', () => {
  it('has the same version of LocalStack as the one without Docker', () => {
    const pins = readFileSync(join(root, 'system/python/requirements/localstack-core.txt'), 'utf8');
    const [, version] = /^localstack-core==(.*)$/m.exec(pins) ?? [];
    expect(image).toBe(`localstack/localstack:${version}`);
  });

  it('publishes every port on the loopback interface only', () => {
    expect(ports).toEqual(['127.0.0.1:4566:4566']);
    expect(network_mode).toBeUndefined();
  });

  it('lets LocalStack and functions reach this machine by the name that functions get', () => {
    const host = `${containerHost({}).name}:host-gateway`;
    expect(extra_hosts).toEqual([host]);
    expect(environment.LAMBDA_DOCKER_FLAGS).toBe(`--add-host=${host}`);
  });

  it('has the settings of functions and event sources that LocalStack has without Docker', () => {
    const shared = Object.keys(environment).filter((name) => name !== 'LAMBDA_DOCKER_FLAGS');
    expect(shared.length).toBeGreaterThan(0);
    for (const name of shared) expect(source).toContain(`${name}: '${environment[name]}',`);
  });

  it('counts as healthy when the page answers by which npm start recognizes LocalStack', () => {
    expect(healthcheck.test.at(-1)).toBe('http://localhost:4566/_localstack/health');
  });
});
