"""Every call that other systems may make: its address, scope, parameters, body and answer, said once.

The routes, the guard, the reading of what is sent, the description and its page are all drawn from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.api.rules import asked, told
from portal.api.rules.records import Record
from portal.api.rules.scopes import Scope
from portal.api.rules.shapes import Count, Day, Flag, Instant, OneOf, Shape, Words
from portal.billing.rules.states import StatementState
from portal.contracts.rules.states import ContractState
from portal.kernel.text import Text, t

USUAL_LIMIT, MOST_LIMIT = 50, 200
LARGEST_ID = 2**31 - 1


class Answer(StrEnum):
    """What comes back: one record, a page of several, or a file."""

    ONE = "one"
    PAGE = "page"
    FILE = "file"


@dataclass(frozen=True)
class Parameter:
    """One value of an address: of its path, or behind its question mark."""

    name: str
    shape: Shape
    text: Text
    in_path: bool = False


@dataclass(frozen=True)
class Operation:
    """One call. `key` names it in the code and in the description; `path` stands behind /api/v1."""

    key: str
    method: str
    path: str
    scope: Scope
    title: Text
    text: Text
    answer: Record
    kind: Answer = Answer.ONE
    parameters: tuple[Parameter, ...] = ()
    body: Record | None = None

    @property
    def query(self) -> tuple[Parameter, ...]:
        """The parameters behind the question mark."""
        return tuple(each for each in self.parameters if not each.in_path)

    @property
    def rule(self) -> str:
        """The path as routes write it."""
        return self.path.replace("{", "<int:").replace("}", ">")


def _of_path(name: str, text: Text) -> Parameter:
    return Parameter(name, Count(0, LARGEST_ID), text, in_path=True)


AFTER = Parameter(
    "after",
    Count(0, LARGEST_ID, 30),
    t("Where the page begins: take it from the “next” of the page before."),
)
LIMIT = Parameter(
    "limit",
    Count(1, MOST_LIMIT, USUAL_LIMIT),
    t("How many at most; %(usual)s unless you say so.", usual=USUAL_LIMIT),
)
PAGING = (AFTER, LIMIT)
CUSTOMER = Parameter("customer", told.CUSTOMER, t("Only those of the customer with this code."))
KIND = Parameter("kind", Words(24, 1, "[a-z_]{1,24}", "statement"), t("Only papers of this kind."))
SINCE = Parameter("updated_since", Instant(), t("Only what changed at that moment or later."))


def _state(words: tuple[str, ...], text: Text) -> Parameter:
    return Parameter("state", OneOf(words), text)


OPERATIONS = (
    Operation(
        "list_customers", "GET", "/customers", Scope.CUSTOMERS_READ,
        t("Customers"), t("The customers in short, by id."), asked.CUSTOMER, Answer.PAGE,
        (Parameter("code", told.CUSTOMER, t("Only the one with this code.")), SINCE, *PAGING),
    ),
    Operation(
        "show_customer", "GET", "/customers/{customer_id}", Scope.CUSTOMERS_READ,
        t("One customer"), t("One customer in short."), asked.CUSTOMER,
        parameters=(_of_path("customer_id", t("The customer's id.")),),
    ),
    Operation(
        "show_balances", "GET", "/customers/{customer_id}/balances", Scope.BALANCES_READ,
        t("Balances and ageing"), t("What a customer owes at the end of a day, by currency and age."), asked.BALANCES,
        parameters=(
            _of_path("customer_id", t("The customer's id.")),
            Parameter("as_of", Day(), t("The day; today unless you say so.")),
        ),
    ),
    Operation(
        "list_contracts", "GET", "/contracts", Scope.CONTRACTS_READ,
        t("Contracts"), t("The contracts without their lines, by id."), asked.CONTRACT, Answer.PAGE,
        (CUSTOMER, _state(tuple(ContractState), t("Only those in this state today.")), SINCE, *PAGING),
    ),
    Operation(
        "show_contract", "GET", "/contracts/{contract_id}", Scope.CONTRACTS_READ,
        t("One contract"), t("One contract with the lines that count today."), asked.CONTRACT_WHOLE,
        parameters=(_of_path("contract_id", t("The contract's id.")),),
    ),
    Operation(
        "list_entitlements", "GET", "/entitlements", Scope.ENTITLEMENTS_READ,
        t("Entitlements"), t("What customers bought for a period and what is left of it, by id."),
        asked.ENTITLEMENT, Answer.PAGE,
        (CUSTOMER, Parameter("in_force", Flag(), t("true: only those of today; false: only others.")), *PAGING),
    ),
    Operation(
        "show_entitlement", "GET", "/entitlements/{entitlement_id}", Scope.ENTITLEMENTS_READ,
        t("One entitlement"), t("One entitlement and what is left of it."), asked.ENTITLEMENT,
        parameters=(_of_path("entitlement_id", t("The entitlement's id.")),),
    ),
    Operation(
        "list_statements", "GET", "/statements", Scope.STATEMENTS_READ,
        t("Statements"), t("The statements without their lines, by id."), asked.STATEMENT, Answer.PAGE,
        (CUSTOMER, _state(tuple(StatementState), t("Only those in this state.")), SINCE, *PAGING),
    ),
    Operation(
        "show_statement", "GET", "/statements/{statement_id}", Scope.STATEMENTS_READ,
        t("One statement"), t("One statement without its lines."), asked.STATEMENT,
        parameters=(_of_path("statement_id", t("The statement's id.")),),
    ),
    Operation(
        "list_statement_lines", "GET", "/statements/{statement_id}/lines", Scope.STATEMENTS_READ,
        t("Lines of a statement"), t("The lines as the statement is now, each with how it was worked out."),
        asked.STATEMENT_LINE, Answer.PAGE, (_of_path("statement_id", t("The statement's id.")), *PAGING),
    ),
    Operation(
        "list_documents", "GET", "/documents", Scope.DOCUMENTS_READ,
        t("Stored papers"), t("What papers there are, by id."), asked.DOCUMENT, Answer.PAGE,
        (CUSTOMER, KIND, *PAGING),
    ),
    Operation(
        "fetch_document", "GET", "/documents/{document_id}", Scope.DOCUMENTS_READ,
        t("One stored paper"), t("The PDF itself; its SHA-256 is the ETag."), asked.DOCUMENT, Answer.FILE,
        (_of_path("document_id", t("The paper's id.")),),
    ),
    Operation(
        "record_usage", "POST", "/usage", Scope.USAGE_WRITE,
        t("Record usage"),
        t("Each row is recorded once by its reference and drawn from what the customer bought, or waits in the queue."),
        told.OUTCOME, body=told.USAGE_CALL,
    ),
    Operation(
        "post_movements", "POST", "/stock-movements", Scope.STOCK_WRITE,
        t("Post stock movements"), t("Each row is posted once by its reference; stock never goes below nothing."),
        told.OUTCOME, body=told.MOVEMENT_CALL,
    ),
    Operation(
        "report_milestones", "POST", "/milestones", Scope.MILESTONES_WRITE,
        t("Report milestones"), t("Where shipments are: planned, reached."), told.OUTCOME, body=told.MILESTONE_CALL,
    ),
    Operation(
        "record_receipts", "POST", "/receipts", Scope.RECEIPTS_WRITE,
        t("Record receipts"), t("Money that came in, recorded once and allocated oldest due first."),
        told.OUTCOME, body=told.RECEIPT_CALL,
    ),
)  # fmt: skip
BY_KEY = {each.key: each for each in OPERATIONS}
