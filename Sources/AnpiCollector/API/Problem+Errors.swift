import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The one place that turns what was thrown into a status.
extension Problem {
    init(about error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as CollectorError: self.init(error)
        case let error as DecodingError: self.init(error)
        case let error as FieldProblem: self.init(path: error.path, error.message)
        case is NIOTooManyBytesError: self.init(.tooLarge, "The body is larger than this route takes.")
        case let error as HTTPError: self.init(error)
        case is CancellationError: self.init(.stopping, "The request was given up before it was done.")
        default: self.init(.failed, "The collector could not do this; its log says why.")
        }
    }

    init(_ error: CollectorError) {
        switch error.code {
        case .overloaded:
            self.init(.overloaded, "Too many requests wait already. Try again shortly.", retryAfterSeconds: 1)
        case .starting:
            self.init(.starting, "The engine is being loaded. Beats are taken already.", retryAfterSeconds: 2)
        case .outcomePending:
            self.init(
                .outcomePending,
                "The change is stored and will be decided. Ask again with the same Idempotency-Key for its outcome.",
                retryAfterSeconds: 2)
        case .operationReused:
            self.init(
                .operationReused, "This Idempotency-Key belongs to another request. Draw a new key for a new change.")
        case .shutOut, .stopping:
            self.init(.stopping, "This collector takes nothing new. Try again.", retryAfterSeconds: 2)
        case .storeFailed:
            self.init(
                .storeFailed, "The store did not answer. Try again; a change with the same Idempotency-Key.",
                retryAfterSeconds: 5)
        case .configuration:
            self.init(.failed, "The collector is not set up for this; its log says why.")
        }
    }

    /// Not JSON at all is 400; a missing member, wrong type or value is 422 and named by its path.
    init(_ error: DecodingError) {
        if case .dataCorrupted(let context) = error, context.codingPath.isEmpty {
            self.init(.malformed, "The body is not JSON in UTF-8.")
        } else {
            let problem = FieldProblem(error)
            self.init(path: problem.path.isEmpty ? "body" : problem.path, problem.message)
        }
    }

    private init(_ error: HTTPError) {
        switch error.status.code {
        case 404: self.init(.notFound, "No route of this collector has that path and method. See /openapi.json.")
        case 413: self.init(.tooLarge, "The body is larger than this route takes.")
        case 400..<500: self.init(.malformed, error.body ?? "The request cannot be read.")
        default: self.init(.failed, "The collector could not do this; its log says why.")
        }
    }
}
