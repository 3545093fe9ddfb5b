import { BlockList, isIPv6 } from 'node:net';

/** AWS's own domains (AWS: "Service endpoints"). The names of VPC endpoints are below them too. */
const awsDomains = /(^|\.)(amazonaws\.(com(\.cn)?|eu)|api\.aws|on\.aws)$/;

const privateNetworks = new BlockList();
privateNetworks.addSubnet('127.0.0.0', 8);
privateNetworks.addSubnet('10.0.0.0', 8);
privateNetworks.addSubnet('172.16.0.0', 12);
privateNetworks.addSubnet('192.168.0.0', 16);
privateNetworks.addAddress('::1', 'ipv6');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

export function isAwsHost(host: string): boolean {
  return awsDomains.test(host.toLowerCase().replace(/\.$/, ''));
}

/** Whether an IP address is this machine's loopback, or of a private network (RFC 1918, RFC 4193). */
export function isPrivateAddress(address: string): boolean {
  return privateNetworks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
