/** @param {string} text base64, without blanks */
export const bytesOf = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
