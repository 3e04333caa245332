/// `POST /v1/tasks/{id}/notes`: something to know about a task that moves it nowhere.
package struct TaskNote: Hashable, Codable, Sendable {
    package var text: String
    /// When it was noted in the field, where that was before it was sent.
    package var doneAt: Timestamp?

    package init(text: String, doneAt: Timestamp? = nil) {
        self.text = text
        self.doneAt = doneAt
    }
}
