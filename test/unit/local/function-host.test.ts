import type { networkInterfaces } from 'node:os';
import { containerHost, loopback, urlForFunctions } from '../../../local/endpoint/function-host.ts';

type Interfaces = ReturnType<typeof networkInterfaces>;

const address = (family: 'IPv4' | 'IPv6', text: string) => ({
  family,
  address: text,
  netmask: '',
  mac: '',
  internal: false,
  cidr: null,
  scopeid: 0,
});

describe('containerHost', () => {
  it("lets servers listen on the address of Docker's bridge, because functions reach this machine there", () => {
    const interfaces = {
      lo: [address('IPv4', '127.0.0.1')],
      docker0: [address('IPv6', 'fe80::1'), address('IPv4', '172.17.0.1')],
    } as Interfaces;
    expect(containerHost(interfaces)).toEqual({ address: '172.17.0.1', name: 'host.docker.internal' });
  });

  it('lets servers listen on the loopback interface without such a bridge, as with Docker Desktop', () => {
    const interfaces = { lo: [address('IPv4', '127.0.0.1')] } as Interfaces;
    expect(containerHost(interfaces)).toEqual({ address: '127.0.0.1', name: 'host.docker.internal' });
  });
});

describe('urlForFunctions', () => {
  it('names the machine as functions in containers know it, and keeps port and path', () => {
    const host = { address: '172.17.0.1', name: 'host.docker.internal' };
    expect(urlForFunctions('http://172.17.0.1:8080/charges', host)).toBe(
      'http://host.docker.internal:8080/charges',
    );
    expect(urlForFunctions('http://172.17.0.1:8080', host)).toBe('http://host.docker.internal:8080');
  });

  it('is the same URL for functions on this machine', () => {
    expect(urlForFunctions('http://127.0.0.1:8080', loopback)).toBe('http://127.0.0.1:8080');
  });
});
