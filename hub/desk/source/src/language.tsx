// Chinese first, English beside it: the language of the page, kept by the browser.
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

export type Language = "zh" | "en";

export interface Label {
  zh: string;
  en: string;
}

export type Say = (zh: string, en: string) => string;

const KEPT = "desk.language";
const Context = createContext<{ language: Language; turn: () => void }>({ language: "zh", turn: () => {} });

function kept(): Language {
  return localStorage.getItem(KEPT) === "en" ? "en" : "zh";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(kept);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    localStorage.setItem(KEPT, language);
  }, [language]);
  const turn = useCallback(() => setLanguage((now) => (now === "zh" ? "en" : "zh")), []);
  const value = useMemo(() => ({ language, turn }), [language, turn]);
  return <Context value={value}>{children}</Context>;
}

export function useLanguage() {
  return useContext(Context);
}

export function useSay(): Say {
  const { language } = useContext(Context);
  return useCallback((zh, en) => (language === "zh" ? zh : en), [language]);
}

// A label of the hub in the page's language.
export function useWord(): (label: Label | undefined | null) => string {
  const say = useSay();
  return useCallback((label) => (label ? say(label.zh, label.en) : ""), [say]);
}
