// JSON with whole numbers of any size. JavaScript holds integers exactly up to 2^53 only, amounts in minor units go
// beyond: those stay the digits that the answer has, as text.

const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WHOLE = /^-?\d+$/;

const kept = (part) => (WHOLE.test(part) && !Number.isSafeInteger(Number(part)) ? `"${part}"` : part);

export const parseExact = (text) => JSON.parse(text.replace(TEXT_OR_NUMBER, kept));
