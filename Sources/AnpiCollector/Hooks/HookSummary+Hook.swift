extension HookSummary {
    /// What people may see of a hook of the file.
    package init(_ hook: Hook) {
        self.init(name: hook.name, host: hook.address.host, events: hook.events.words, offices: hook.offices)
    }
}
