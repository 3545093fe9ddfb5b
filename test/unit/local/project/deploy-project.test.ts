import { deploy } from '../../../../local/deployment/deploy.ts';
import { openEndpoint } from '../../../../local/endpoint/endpoint.ts';
import { deployProject } from '../../../../local/project/deploy-project.ts';
import { repository } from '../../../../system/folders.ts';
import { deferred } from '../../../support/deferred.ts';

jest.mock('../../../../local/endpoint/endpoint.ts');
jest.mock('../../../../local/deployment/deploy.ts');

test("if the emulator dies, its folder is removed only after the CDK has ended, and the emulator's error is thrown", async () => {
  // GIVEN a CDK that takes a while to end after its emulator
  const steps: string[] = [];
  const ending = deferred<never>();
  const died = Promise.reject(new Error('MiniStack ended unexpectedly'));
  died.catch(() => {});
  const stop = async () => {
    steps.push('endpoint stopped');
  };
  jest.mocked(openEndpoint).mockResolvedValue({ died, stop } as never);
  jest.mocked(deploy).mockReturnValue(ending.promise);
  // WHEN
  const deploying = deployProject({ folder: repository, emulator: 'ministack' });
  setTimeout(() => {
    steps.push('CDK ended');
    ending.reject(new Error('stopped'));
  }, 50);
  // THEN
  await expect(deploying).rejects.toThrow('MiniStack ended unexpectedly');
  expect(steps).toEqual(['CDK ended', 'endpoint stopped']);
});
