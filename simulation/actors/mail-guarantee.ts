import { atMostOnce } from '../../runtime/index.ts';
import type { GuaranteeMaker } from './part.ts';

/** Of the consumer that mails. In a file of its own, so that another library can be put in its place. */
export const mailGuarantee: GuaranteeMaker = () => atMostOnce();
