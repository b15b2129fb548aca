"""The reference: a plain Flask page with session, sign-in, ORM, 20 rows and a base template."""

from __future__ import annotations

from flask import Flask, render_template_string
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The plain application's own tables."""


db = SQLAlchemy(model_class=Base)
PAGE = """<!doctype html><html lang="en"><head><title>Plain</title></head><body><nav><a href="/">Home</a></nav>
<h1>Rows</h1><table>{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.name }}</td><td>{{ row.code }}</td>
<td>{{ row.city }}</td></tr>{% endfor %}</table></body></html>"""


class Person(UserMixin, db.Model):
    """Who is signed in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Thing(db.Model):
    """A row of the page."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    code: Mapped[str]
    city: Mapped[str]


def create_app() -> Flask:
    """The whole application."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="plain", SQLALCHEMY_DATABASE_URI="sqlite:////tmp/portal-bench-plain.db"
    )
    db.init_app(app)
    login = LoginManager(app)

    @login.user_loader
    def load(user_id: str) -> Person | None:
        return db.session.get(Person, int(user_id))

    @app.get("/login")
    def sign_in() -> str:
        login_user(db.session.get(Person, 1))
        return "signed in"

    @app.get("/")
    @login_required
    def rows() -> str:
        found = list(db.session.scalars(select(Thing).order_by(Thing.id).limit(20)))
        return render_template_string(PAGE, rows=found)

    with app.app_context():
        db.drop_all()
        db.create_all()
        db.session.add(Person(id=1, name="one"))
        db.session.add_all(
            Thing(name=f"Thing {n}", code=f"T{n}", city="Shanghai") for n in range(20)
        )
        db.session.commit()
    return app


app = create_app()
