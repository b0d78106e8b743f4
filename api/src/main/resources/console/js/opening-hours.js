// The hours of a day as somebody types them, "08:00-12:00, 13:00-18:00", and as the server keeps them.

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const SPAN = /^(\d{1,2})[:：](\d\d)\s*[-–—~～至]\s*(\d{1,2})[:：](\d\d)$/;
const DAY_END = '24:00';

/** Spans in order, none for a closed day; null when the text is no such thing. */
export function spansOf(text) {
  const spans = [];
  let last = '00:00';
  for (const part of text.split(/[,，、;；]/).map((each) => each.trim()).filter(Boolean)) {
    const [, fromHour, fromMinute, toHour, toMinute] = SPAN.exec(part) ?? [];
    if (!fromHour || fromMinute > 59 || toMinute > 59) return null;
    const from = `${fromHour.padStart(2, '0')}:${fromMinute}`;
    const to = `${toHour.padStart(2, '0')}:${toMinute}`;
    if (from < last || from >= to || to > DAY_END) return null;
    spans.push(`${from}-${to}`);
    last = to;
  }
  return spans;
}
