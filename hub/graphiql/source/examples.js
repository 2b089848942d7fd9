// Example queries. Each asks for what several units may see differently; what is withheld is listed in the answer.
export const EXAMPLES = [
  {
    title: "我是谁，我能看什么 · Who am I",
    query: `# 共知 GraphiQL
# 1. 在上方填入令牌（演示环境：hub token ED@430621 --role officer），点“登入”。
# 2. 按 Ctrl+Enter 执行；按 Ctrl+Space 补全；左侧书本图标是你的字段说明。
# 3. 不向你提供的字段为 null，原因与下一步列在 extensions.access。
# Sign in with a token above, then run. Withheld fields are null and explained in extensions.access.

query Viewer {
  viewer {
    unit { code type level division name { zh en } }
    roles
    policyVersion
    duties { code sentence { zh } clause }
    permissions { class label { zh } level modes scopes actions fields }
  }
}
`,
  },
  {
    title: "本辖区儿童，第一页 · Children in my area",
    query: `# 同一问题，各单位得到各自该得的答案。
# The same question; each unit gets what its duties allow.
query Children($first: Int = 10) {
  children(first: $first, orderBy: [{ field: CHILD_NO }]) {
    nodes {
      id
      childNo
      name
      sex
      age
      citizenIdNo
      residenceDivision
      residenceAddress
      lbcStatus
      withheld
    }
    pageInfo { hasNextPage endCursor }
    count(limit: 1000) { value isExact }
  }
}
`,
  },
  {
    title: "一名儿童的一人一档 · One child's file",
    query: `# 在下方 Variables 中填写 {"childNo": "一人一档编号"}
query Child($childNo: String!) {
  child(childNo: $childNo) {
    id
    name
    sex
    age
    residence { name parent { name } }
    family { householdSize mainIncomeSource members { relation name phone } }
    guardianships(first: 1) { type carerName carerRelation validFrom }
    enrolments(first: 1) { stage grade school { name } }
    cases(first: 3) { caseNo stage riskLevel }
    withheld
  }
}
`,
  },
  {
    title: "共享目录 · The catalogue",
    query: `# 每一类数据由谁负责、如何共享、你是否持有、怎样申请。
query Catalogue {
  catalogue {
    class
    label { zh en }
    level
    ownerLabels { zh }
    sharing
    held
    modes
    apply { zh }
  }
}
`,
  },
  {
    title: "我为什么能看，或不能看 · Why",
    query: `query Why {
  explain(entity: "Child", field: "citizenIdNo", action: "read") {
    allowed
    mode
    rights { sentence { zh } grounds { dutySays { zh } clause } }
    code
    nextStep { zh en }
    holders { zh }
  }
}
`,
  },
  {
    title: "统计：按区划与性别 · Counts",
    query: `# 只给出数目；小于 5 的格子及可由它推出的格子不显示。
query Counts {
  childStatistics(groupBy: [DIVISION, SEX]) {
    k
    rows { labels { zh } count suppressed }
    totals { labels { zh } count }
  }
}
`,
  },
];
