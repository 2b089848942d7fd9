// A unit or a division: typed as a code, or chosen by name from those of one's county.
import { useId } from "react";
import { useAsk } from "./asking";
import { useLanguage } from "./language";

export type PlaceKind = "unit" | "division";

interface Named {
  code: string;
  name: string | null;
  nameEn: string | null;
}

const ASKED: Record<PlaceKind, string> = {
  unit: `query Units($within: String!) { units: organisations(first: 1000, filter: { division: { within: $within } }) {
    nodes { code name nameEn } } }`,
  division: `query Divisions($within: String!) { division(code: $within) {
    code name nameEn children(first: 100) { code name nameEn children(first: 100) { code name nameEn } } } }`,
};

type Nested = Named & { children?: Nested[] | null };

interface Answer {
  units?: { nodes: Nested[] } | null;
  division?: Nested | null;
}

function flat(places: Nested[]): Named[] {
  return places.flatMap((place) => [place, ...flat(place.children ?? [])]);
}

export interface PlacesProps {
  id: string;
  kind: PlaceKind;
  around: string;
  value: string;
  onValue: (code: string) => void;
  required?: boolean;
  invalid?: boolean;
  describedBy?: string | undefined;
}

export function Places({ id, kind, around, value, onValue, required, invalid, describedBy }: PlacesProps) {
  const { language } = useLanguage();
  const list = useId();
  const [{ data }] = useAsk<Answer>({ query: ASKED[kind], variables: { within: countyOf(around) } });
  const places = flat(data?.units?.nodes ?? (data?.division ? [data.division] : []));
  return (
    <>
      <input
        id={id}
        list={list}
        value={value}
        autoComplete="off"
        spellCheck={false}
        aria-required={required}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        onChange={(event) => onValue(event.target.value.trim())}
      />
      <datalist id={list}>
        {places.map(({ code, name, nameEn }) => (
          <option key={code} value={code}>
            {(language === "zh" ? name : nameEn) ?? name ?? code}
          </option>
        ))}
      </datalist>
    </>
  );
}

function countyOf(division: string): string {
  return `${division.slice(0, 6)}000000`;
}
