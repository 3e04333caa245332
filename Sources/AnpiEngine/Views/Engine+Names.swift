package import AnpiModel

extension Engine {
    /// How a site is called; nil where there is none.
    package func name(of site: SiteID) -> String? { index.number(of: site).map { index.site($0).name } }

    /// How an engineer is called; nil where there is none.
    package func name(of engineer: EngineerID) -> String? {
        index.number(of: engineer).map { index.engineers[$0].engineer.name }
    }

    /// What an agent runs on; nil where there is none.
    package func device(of agent: AgentID) -> Device? { index.number(of: agent).map { index.agents[$0].device } }
}
