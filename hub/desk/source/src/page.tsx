// A page within the frame: its title, told to the window and to whoever cannot see that the page has changed.
import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";
import { useSay, type Label } from "./language";

export interface Viewer {
  person: string;
  roles: string[];
  policyVersion: number;
  mayAcknowledge: boolean;
  seesOthers: boolean; // what other units owe, and how far they know
  unit: { code: string; name: Label; type: string; typeLabel: Label; level: string; division: string };
}

const Context = createContext<Viewer | null>(null);

export const ViewerProvider = Context;

export function useViewer(): Viewer {
  const viewer = useContext(Context);
  if (!viewer) throw new Error("no viewer outside a session");
  return viewer;
}

let shown = "";

export function Page({ title, place, children }: { title: string; place: string; children: ReactNode }) {
  const say = useSay();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${say("共知工作台", "Gongzhi workbench")}`;
  }, [title, say]);
  useEffect(() => {
    // Not on the first page of a visit: the reader begins at the top there.
    if (shown && shown !== place) heading.current?.focus();
    shown = place;
  }, [place]);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </>
  );
}
