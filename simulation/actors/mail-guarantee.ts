import { atMostOnce } from '../../runtime/index.ts';
import type { GuaranteeMaker } from './part.ts';

/** The guarantee of the mail consumer. It has its own file, so that a mutant can replace it by another library. */
export const mailGuarantee: GuaranteeMaker = () => atMostOnce();
